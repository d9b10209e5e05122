#include "engine/journal/decided_events.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace florin {
namespace {

// Events without seals, each hash the number of its record.
EventBatchPtr record(std::uint64_t first, std::uint32_t count, std::uint8_t number, bool last = true) {
  auto batch = std::make_shared<EventBatch>();
  batch->header.first = {first};
  batch->header.count = count;
  batch->header.ordinal = {number};
  batch->header.last = last;
  batch->header.previous.fill(static_cast<std::uint8_t>(number - 1));
  batch->hash.fill(number);
  batch->events.resize(count, {.time = {first}, .book = {}, .command = 0, .body = Ticked{}});
  return batch;
}

// What has arrived from the topic, and who waits for it.
class Topic final : public EventSource {
 public:
  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const override {
    return state.read(from, bytes_max);
  }
  Sequence next() const override { return state.next(); }
  bool wait_beyond(Sequence sequence, Deadline deadline) const override {
    return state.wait_beyond(sequence, deadline);
  }
  void stop() override { state.stop(); }

  Result<void> publish(const EventBatchPtr& batch) {
    const auto older = [](Sequence) -> Result<std::optional<Hash256>> { return std::nullopt; };
    FLORIN_TRY(state.append(batch, 100, 0, older));
    decided.published(*batch);
    return {};
  }

  TopicState state{std::numeric_limits<std::size_t>::max()};
  DecidedEvents decided{*this, state};
};

const auto soon = [] { return std::chrono::steady_clock::now() + std::chrono::seconds(10); };

}  // namespace

TEST_CASE("given events that are decided and not published, then they are read behind those that are") {
  Topic topic;
  const auto one = record(1, 2, 1), two = record(3, 3, 2), three = record(6, 1, 3);
  REQUIRE(topic.publish(one).has_value());
  topic.decided.add(two, 100);
  topic.decided.add(three, 100);
  CHECK(topic.next() == Sequence{3});
  CHECK(topic.decided.next() == Sequence{7});
  CHECK(topic.decided.read({1}, 1000).value() == std::vector{one});
  CHECK(topic.decided.read({4}, 1000).value() == std::vector{two, three});
  CHECK(topic.decided.read({4}, 0).value() == std::vector{two});
  CHECK(topic.decided.read({7}, 1000).value().empty());
  REQUIRE(topic.publish(two).has_value());
  CHECK(topic.decided.next() == Sequence{7});
  CHECK(topic.decided.read({1}, 1000).value() == std::vector{one, two});
  CHECK(topic.decided.read({6}, 1000).value() == std::vector{three});
}

TEST_CASE("given events that are known already, when they are decided, then they are there once") {
  Topic topic;
  REQUIRE(topic.publish(record(1, 2, 1)).has_value());
  topic.decided.add(record(1, 2, 1), 100);  // by an engine that starts where another one has published
  topic.decided.add(record(3, 1, 2), 100);
  topic.decided.add(record(3, 1, 2), 100);  // by one that starts again before they are published
  CHECK(topic.decided.next() == Sequence{4});
  CHECK(topic.decided.read({3}, 1000).value().size() == 1);
  REQUIRE(topic.publish(record(3, 1, 2)).has_value());
  REQUIRE(topic.publish(record(4, 1, 3)).has_value());  // by another engine
  topic.decided.add(record(5, 1, 4), 100);
  CHECK(topic.decided.next() == Sequence{6});
  CHECK(topic.decided.read({4}, 1000).value().size() == 1);
}

TEST_CASE("given somebody who waits for events, then a decision wakes them, and so does what is published") {
  Topic topic;
  bool published = false;
  SUBCASE("decided") {}
  SUBCASE("published") { published = true; }
  std::thread other([&] {
    if (published) CHECK(topic.publish(record(1, 1, 1)).has_value());
    else topic.decided.add(record(1, 1, 1), 100);
  });
  CHECK(topic.decided.wait_beyond({1}, soon()));
  other.join();
  topic.decided.stop();
  CHECK_FALSE(topic.decided.wait_beyond({2}, soon()));
}

TEST_CASE("given events that have forked, then nothing decided is read any more") {
  Topic topic;
  REQUIRE(topic.publish(record(1, 1, 1)).has_value());
  topic.decided.add(record(2, 1, 2), 100);
  REQUIRE_FALSE(topic.publish(record(2, 1, 9)).has_value());
  CHECK_FALSE(topic.decided.read({2}, 1000).has_value());
}

TEST_CASE(
    "given another engine that publishes other events than were decided, then nothing decided is read any "
    "more") {
  Topic topic;
  REQUIRE(topic.publish(record(1, 1, 1)).has_value());
  topic.decided.add(record(2, 1, 2), 100);
  topic.decided.add(record(3, 1, 3), 100);
  const auto other = std::make_shared<EventBatch>(*record(2, 1, 2));
  other->hash.fill(9);
  REQUIRE(topic.publish(other).has_value());
  for (const std::uint64_t from : {1, 2, 3})
    CHECK(topic.decided.read({from}, 1000).error().code == Errc::corrupt);
}

TEST_CASE("given a command whose events take several records, then it is answered with the last of them") {
  Topic topic;
  CHECK(topic.state.answered() == Ordinal{0});
  REQUIRE(topic.publish(record(1, 1, 1)).has_value());
  CHECK(topic.state.answered() == Ordinal{2});
  REQUIRE(topic.publish(record(2, 1, 2, false)).has_value());
  CHECK(topic.state.answered() == Ordinal{2});
}

}  // namespace florin
