#include "engine/journal/record_tail.hpp"

#include <doctest/doctest.h>

namespace florin {
namespace {

JournalRecordPtr record(std::uint64_t ordinal, std::size_t size) {
  return std::make_shared<JournalRecord>(JournalRecord{{ordinal}, {1}, Bytes(size)});
}

TEST_CASE("the record tail keeps the newest records within its bound, and always the newest") {
  RecordTail tail(100);
  CHECK(tail.read({0}, {10}, 1000).empty());
  for (std::uint64_t i = 5; i < 9; ++i) tail.push(record(i, 40));
  CHECK(tail.read({6}, {9}, 1000).empty());
  CHECK(tail.read({7}, {9}, 1000).size() == 2);
  CHECK(tail.read({7}, {8}, 1000).size() == 1);
  CHECK(tail.read({7}, {9}, 39).size() == 1);
  CHECK(tail.read({9}, {9}, 1000).empty());
  tail.push(record(9, 500));
  CHECK(tail.read({8}, {10}, 1000).empty());
  CHECK(tail.read({9}, {10}, 0).size() == 1);
}

}  // namespace
}  // namespace florin
