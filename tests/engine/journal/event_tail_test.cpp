#include "engine/journal/event_tail.hpp"

#include <doctest/doctest.h>

namespace florin {
namespace {

EventBatchPtr batch(std::uint64_t first, std::uint32_t count) {
  auto made = std::make_shared<EventBatch>();
  made->header.first = {first};
  made->header.count = count;
  made->hash[0] = static_cast<std::uint8_t>(first);
  made->events.resize(count);
  return made;
}

TEST_CASE("the event tail keeps the newest records within its bound, and always the newest") {
  const std::size_t of_ten = sizeof(EventBatch) + 10 * sizeof(Event);
  EventTail tail(2 * of_ten);
  CHECK(tail.read({1}, {100}, 1000).empty());
  CHECK(!tail.hash_at({1}));
  for (std::uint64_t first = 1; first < 41; first += 10) tail.push(batch(first, 10), 50);
  CHECK(tail.read({20}, {41}, 1000).empty());
  CHECK(tail.read({21}, {41}, 1000).size() == 2);
  CHECK(tail.read({30}, {41}, 1000).front()->header.first.value == 21);
  CHECK(tail.read({21}, {31}, 1000).size() == 1);
  CHECK(tail.read({21}, {41}, 49).size() == 1);
  CHECK(tail.read({41}, {41}, 1000).empty());
  CHECK(tail.hash_at({31}) == batch(31, 10)->hash);
  CHECK(!tail.hash_at({32}));
  tail.push(batch(41, 100), 50);
  CHECK(tail.read({40}, {141}, 1000).empty());
  CHECK(tail.read({99}, {141}, 0).size() == 1);
}

}  // namespace
}  // namespace florin
