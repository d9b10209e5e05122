// What only events on a broker can meet; what they share with others is in tests/conformance/events.
#include "engine/journal/kafka_event_topic.hpp"

#include <doctest/doctest.h>

#include "engine/journal/kafka_topic_sink.hpp"
#include "tests/support/event_maker.hpp"
#include "tests/support/kafka_broker.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t everything = 1u << 30;

kafka::Deadline soon() { return std::chrono::steady_clock::now() + 10s; }

// A topic, the records that belong onto it, and a way past the sinks to write what they would not.
class World {
 public:
  std::unique_ptr<KafkaEventTopic> open(std::size_t tail_bytes_max = 64u << 20) const {
    auto opened = KafkaEventTopic::open(test::kafka_connection(), partition, engine.envelope(),
                                        {.tail_bytes_max = tail_bytes_max});
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    return *std::move(opened);
  }
  const EventRecord& make(std::uint32_t count = 1) { return made.emplace_back(engine.next_record(count)); }
  void write(const EventRecord& record, std::uint8_t rank = 0) {
    const Bytes header{0, 0, 0, rank};
    const std::vector<kafka::Outgoing> records{{.value = record.sealed, .header = header}};
    const auto sent = producer_->send(records);
    REQUIRE_MESSAGE(sent, (sent ? "" : sent.error().message));
  }
  Result<void> publish(KafkaTopicSink& sink, const EventRecord& record) const {
    StoreBatch batch;
    REQUIRE(sink.stage(record, batch));
    sink.end_group();
    return sink.publish();
  }

  test::EventMaker engine{};
  std::vector<EventRecord> made{};
  kafka::Partition partition = test::new_kafka_topic();

 private:
  std::unique_ptr<kafka::Producer> producer_ =
      kafka::Producer::open(test::kafka_connection(), partition, soon()).value();
};

void check_reads_from_everywhere(const KafkaEventTopic& topic, Sequence end) {
  CHECK(topic.next() == end);
  for (std::uint64_t from = 1; from < end.value; from += 101) {
    Sequence next{from};
    while (next < end) {
      const auto batches = topic.read(next, everything);
      REQUIRE_MESSAGE(batches, (batches ? "" : batches.error().message));
      REQUIRE(batches->front()->header.first <= next);
      REQUIRE(batches->front()->next() > next);
      for (std::size_t i = 1; i < batches->size(); ++i)
        REQUIRE(batches->at(i)->header.first == batches->at(i - 1)->next());
      next = batches->back()->next();
    }
    REQUIRE(next == end);
  }
}

}  // namespace

TEST_CASE("given records that two engines publish, then readers get each once, and ranks are counted") {
  if (!test::kafka_available()) return;
  World world;
  const auto topic = world.open();
  KafkaTopicSink first(test::kafka_connection(), world.partition, *topic, 0);
  KafkaTopicSink second(test::kafka_connection(), world.partition, *topic, 5);
  const EventRecord one = world.make(3), two = world.make(2);
  REQUIRE(world.publish(first, one));
  REQUIRE(world.publish(second, one));
  CHECK_MESSAGE(topic->seen_below(6) == 1, "what is there already is not sent again");
  REQUIRE(world.publish(second, two));
  world.write(two, 0);
  world.write(world.make(1), 7);
  REQUIRE(topic->wait_beyond({6}, soon()));
  CHECK(topic->read({1}, everything)->size() == 3);
  CHECK(topic->seen_below(0) == 0);
  CHECK(topic->seen_below(1) == 2);
  CHECK(topic->seen_below(6) == 3);
  CHECK(topic->seen_below(8) == 4);
}

TEST_CASE(
    "given records that an engine has staged, then they are read as decided before they are published") {
  if (!test::kafka_available()) return;
  World world;
  const auto topic = world.open();
  KafkaTopicSink sink(test::kafka_connection(), world.partition, *topic, 0);
  REQUIRE(world.publish(sink, world.make(3)));
  const EventRecord staged = world.make(2);
  StoreBatch batch;
  REQUIRE(sink.stage(staged, batch));
  sink.end_group();
  CHECK(topic->next() == Sequence{4});
  CHECK(topic->decided().next() == Sequence{6});
  CHECK(topic->decided().read({4}, everything)->front()->hash == staged.batch->hash);
  REQUIRE(sink.publish());
  CHECK(topic->next() == Sequence{6});
  CHECK(topic->decided().read({1}, everything)->size() == 2);
}

TEST_CASE(
    "given an engine that publishes other bytes or leaves a gap, then the topic is forked and says so") {
  if (!test::kafka_available()) return;
  World world;
  const auto topic = world.open();
  KafkaTopicSink sink(test::kafka_connection(), world.partition, *topic, 1);
  REQUIRE(world.publish(sink, world.make(2)));
  Errc expected{};
  SUBCASE("other bytes, seen before they are sent") {
    const auto forked = world.publish(sink, world.engine.record({1}, 2, 0, Hash256{}, 1));
    REQUIRE(!forked);
    CHECK(forked.error().code == Errc::corrupt);
    CHECK(topic->alive().has_value());
    return;
  }
  SUBCASE("other bytes on the topic") {
    world.write(world.engine.record({1}, 2, 0, Hash256{}, 1));
    expected = Errc::corrupt;
  }
  SUBCASE("a gap") {
    world.write(world.engine.record({5}, 1, 9, world.engine.previous()));
    expected = Errc::format;
  }
  for (const auto end = soon(); topic->alive() && std::chrono::steady_clock::now() < end;)
    std::this_thread::sleep_for(5ms);
  CHECK(topic->read({1}, everything).error().code == expected);
  CHECK(world.publish(sink, world.make(1)).error().code == expected);
  CHECK(KafkaEventTopic::open(test::kafka_connection(), world.partition, world.engine.envelope())
            .error()
            .code == expected);
}

TEST_CASE(
    "given runs of records published again, when the topic is opened anew, then its end and every place are "
    "found") {
  if (!test::kafka_available()) return;
  World world;
  const auto again = [&](std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) world.write(world.made[i], 3);
  };
  for (std::uint32_t i = 0; i < 200; ++i) world.write(world.make(i % 3 + 1));
  again(20, 60);
  for (std::uint32_t i = 0; i < 150; ++i) world.write(world.make(i % 2 + 1));
  SUBCASE("the newest records begin among repeated ones") {
    for (int i = 0; i < 60; ++i) world.write(world.make());
    CHECK(world.made.size() + 60 - tail_records > 200);
    CHECK(world.made.size() + 60 - tail_records < 260);
  }
  SUBCASE("the last record is a repeated one") { again(100, 30); }
  SUBCASE("one that is long gone from memory") { again(0, 1); }
  const auto topic = world.open(1);
  check_reads_from_everywhere(*topic, world.engine.next());
  world.write(world.make());
  REQUIRE(topic->wait_beyond({world.engine.next().value - 1}, soon()));
  check_reads_from_everywhere(*topic, world.engine.next());
}

TEST_CASE(
    "given a broker that hangs, when events are published, then they are there once it is back, each once") {
  if (!test::kafka_available()) return;
  World world;
  const auto topic = world.open();
  KafkaTopicSink sink(test::kafka_connection(), world.partition, *topic, 0,
                      {.send_timeout = kafka::send_timeout_min});
  REQUIRE(world.publish(sink, world.make()));
  std::thread hang([] {
    const test::KafkaPause paused;
    std::this_thread::sleep_for(4s);
  });
  std::this_thread::sleep_for(200ms);
  for (int i = 0; i < 3; ++i) {
    const auto published = world.publish(sink, world.make(2));
    CHECK_MESSAGE(published, (published ? "" : published.error().message));
  }
  hang.join();
  CHECK(topic->next() == world.engine.next());
  CHECK(topic->read({1}, everything)->size() == 4);
  const auto opened = world.open();
  check_reads_from_everywhere(*opened, world.engine.next());
}

TEST_CASE("given a broker that stays away, when events are published, then the engine is told in time") {
  if (!test::kafka_available()) return;
  World world;
  const auto topic = world.open();
  KafkaTopicSink sink(test::kafka_connection(), world.partition, *topic, 0,
                      {.send_timeout = kafka::send_timeout_min, .publish_timeout = 2s});
  const test::KafkaPause paused;
  const auto published = world.publish(sink, world.make());
  REQUIRE(!published);
  CHECK(published.error().code == Errc::io);
}

}  // namespace florin
