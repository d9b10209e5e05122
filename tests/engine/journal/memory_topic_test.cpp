// Several engines publish to one topic.
#include "engine/journal/memory_topic.hpp"

#include <doctest/doctest.h>

namespace florin {
namespace {

// Events without seals: the topic compares hashes.
StagedEvent record(std::uint64_t first, std::uint8_t hash, std::uint8_t previous) {
  auto batch = std::make_shared<EventBatch>();
  batch->header.first = {first};
  batch->header.count = 1;
  batch->header.previous.fill(previous);
  batch->hash.fill(hash);
  batch->events.push_back({.time = {first}, .book = {}, .command = 0, .body = Ticked{}});
  return {std::move(batch), 100};
}

}  // namespace

TEST_CASE(
    "given two engines that publish the same records, then readers get each once, and ranks are counted") {
  MemoryTopic topic;
  REQUIRE(topic.append(record(1, 1, 0), 0).has_value());
  REQUIRE(topic.append(record(1, 1, 0), 5).has_value());
  REQUIRE(topic.append(record(2, 2, 1), 5).has_value());
  REQUIRE(topic.append(record(2, 2, 1), 0).has_value());
  CHECK(topic.next() == Sequence{3});
  CHECK(topic.read({1}, 1000).value().size() == 2);
  CHECK(topic.seen_below(0) == 0);
  CHECK(topic.seen_below(5) == 2);
  CHECK(topic.seen_below(6) == 4);
}

TEST_CASE(
    "given an engine that publishes other bytes or leaves a gap, then the topic is forked and says so") {
  MemoryTopic topic;
  REQUIRE(topic.append(record(1, 1, 0), 0).has_value());
  Errc expected{};
  SUBCASE("other bytes") {
    CHECK_FALSE(topic.append(record(1, 9, 0), 1).has_value());
    expected = Errc::corrupt;
  }
  SUBCASE("a gap") {
    CHECK_FALSE(topic.append(record(3, 3, 1), 1).has_value());
    expected = Errc::format;
  }
  CHECK(topic.read({1}, 1000).error().code == expected);
  CHECK(topic.append(record(2, 2, 1), 0).error().code == expected);
}

TEST_CASE("given groups that are staged and not published, then nobody sees them") {
  MemoryTopic topic;
  StoreBatch batch;
  {
    TopicSink sink(topic, 1);
    for (const StagedEvent& event : {record(1, 1, 0), record(2, 2, 1)}) {
      REQUIRE(sink.stage({Bytes(100), event.batch}, batch).has_value());
      sink.end_group();
    }
    CHECK(topic.next() == Sequence{1});
    REQUIRE(sink.publish().has_value());
    CHECK(topic.next() == Sequence{2});  // the group that ended first
  }
  CHECK(topic.next() == Sequence{2});
  CHECK(batch.empty());
}

}  // namespace florin
