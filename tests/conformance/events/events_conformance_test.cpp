// What every adapter of the EventSink and EventSource ports must do, run against each of them.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "engine/journal/kafka_topic_sink.hpp"
#include "engine/journal/memory_event_log.hpp"
#include "engine/journal/memory_topic.hpp"
#include "engine/journal/store_event_log.hpp"
#include "engine/store/memory_store.hpp"
#include "tests/support/event_maker.hpp"
#include "tests/support/kafka_broker.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t everything = 1u << 30;

using Engine = test::EventMaker;

class MemoryWorld {
 public:
  static bool available() { return true; }
  Engine engine;
  EventSink& sink() { return log_; }
  EventSource& source() { return log_; }
  void commit(StoreBatch&) {
    log_.end_group();
    REQUIRE(log_.publish());
    log_.settled();
  }

 private:
  MemoryEventLog log_;
};

// Its engine is one of several; the topic is what the readers see.
class TopicWorld {
 public:
  static bool available() { return true; }
  Engine engine;
  EventSink& sink() { return sink_; }
  EventSource& source() { return topic_; }
  void commit(StoreBatch&) {
    sink_.end_group();
    REQUIRE(sink_.publish());
    sink_.settled();
  }

 private:
  MemoryTopic topic_;
  TopicSink sink_{topic_, 0};
};

// The same on a real broker, with a topic of its own for each world.
template <std::size_t TailBytes>
class KafkaWorld {
 public:
  Engine engine;
  static bool available() { return test::kafka_available(); }
  KafkaWorld() { reopen(); }
  EventSink& sink() { return *sink_; }
  EventSource& source() { return *topic_; }
  void commit(StoreBatch&) {
    sink_->end_group();
    const auto published = sink_->publish();
    REQUIRE_MESSAGE(published, (published ? "" : published.error().message));
    sink_->settled();
  }
  void reopen() {
    sink_.reset();
    topic_.reset();
    auto opened = KafkaEventTopic::open(test::kafka_connection(), partition_, engine.envelope(),
                                        {.tail_bytes_max = TailBytes, .cursors_max = 2});
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    topic_ = *std::move(opened);
    sink_ = std::make_unique<KafkaTopicSink>(test::kafka_connection(), partition_, *topic_, 0);
  }

 private:
  kafka::Partition partition_ = test::new_kafka_topic();
  std::unique_ptr<KafkaEventTopic> topic_;
  std::unique_ptr<KafkaTopicSink> sink_;
};

using Kafka = KafkaWorld<(64u << 20)>;
using KafkaWithoutTail = KafkaWorld<1>;  // all but the newest record is searched for and read again

template <std::size_t TailBytes>
class StoreWorld {
 public:
  static bool available() { return true; }
  Engine engine;
  StoreWorld() { reopen(); }
  EventSink& sink() { return *log_; }
  EventSource& source() { return *log_; }
  void commit(StoreBatch& batch) {
    log_->end_group();
    REQUIRE(log_->publish());
    REQUIRE(store.write(batch));
    log_->settled();
  }
  Result<void> try_reopen() {
    log_.reset();
    auto opened = StoreEventLog::open(store, engine.envelope(), {.tail_bytes_max = TailBytes});
    if (!opened) return fail(opened.error());
    log_ = *std::move(opened);
    return {};
  }
  void reopen() {
    const auto opened = try_reopen();
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
  }
  StoreEventLog& log() { return *log_; }

  MemoryStore store;

 private:
  std::unique_ptr<StoreEventLog> log_;
};

using StoreWithTail = StoreWorld<(64u << 20)>;
using StoreWithoutTail = StoreWorld<1>;  // all but the newest record is read from the store and opened

// Publishes one record with this many events.
template <class World>
void publish(World& world, std::uint32_t count) {
  StoreBatch batch;
  const auto staged = world.sink().stage(world.engine.next_record(count), batch);
  REQUIRE_MESSAGE(staged, (staged ? "" : staged.error().message));
  world.commit(batch);
}

template <class World>
Result<void> stage(World& world, EventRecord record) {
  StoreBatch batch;
  return world.sink().stage(std::move(record), batch);
}

void check_reads(const EventSource& source, Sequence from, Sequence end) {
  Sequence next = from;
  while (next < end) {
    const auto batches = source.read(next, 300);
    REQUIRE_MESSAGE(batches, (batches ? "" : batches.error().message));
    REQUIRE(!batches->empty());
    for (const EventBatchPtr& batch : *batches) {
      REQUIRE(batch->header.first <= next);
      REQUIRE(next < batch->next());
      for (std::uint32_t i = 0; i < batch->header.count; ++i)
        REQUIRE(batch->events[i].time.value == batch->header.first.value + i);
      next = batch->next();
    }
  }
  CHECK(next == end);
}

TEST_CASE_TEMPLATE("without events, 1 is next and there is nothing to read", World, MemoryWorld, TopicWorld,
                   Kafka, KafkaWithoutTail, StoreWithTail, StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  CHECK(world.source().next().value == 1);
  for (const std::uint64_t from : {0ul, 1ul, 2ul}) {
    const auto batches = world.source().read({from}, everything);
    REQUIRE(batches);
    CHECK(batches->empty());
  }
}

TEST_CASE_TEMPLATE("what was published is read in order from any sequence", World, MemoryWorld, TopicWorld,
                   Kafka, KafkaWithoutTail, StoreWithTail, StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  for (std::uint32_t i = 0; i < 40; ++i) publish(world, i % 5 + 1);
  const Sequence end = world.engine.next();
  CHECK(world.source().next() == end);
  for (std::uint64_t from = 1; from < end.value; ++from) check_reads(world.source(), {from}, end);
  CHECK(world.source().read({0}, 0)->front()->header.first.value == 1);
  CHECK(world.source().read(end, everything)->empty());
}

TEST_CASE_TEMPLATE("a read gives at least one record and keeps about its limit", World, MemoryWorld,
                   TopicWorld, Kafka, KafkaWithoutTail, StoreWithTail, StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  for (int i = 0; i < 3; ++i) publish(world, 1);
  CHECK(world.source().read({1}, 0)->size() == 1);
  CHECK(world.source().read({1}, everything)->size() == 3);
}

TEST_CASE_TEMPLATE("staged records are seen only when they are settled", World, MemoryWorld, TopicWorld,
                   Kafka, KafkaWithoutTail, StoreWithTail, StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  StoreBatch batch;
  REQUIRE(world.sink().stage(world.engine.next_record(2), batch));
  REQUIRE(world.sink().stage(world.engine.next_record(3), batch));
  CHECK(world.source().next().value == 1);
  CHECK(world.source().read({1}, everything)->empty());
  world.commit(batch);
  CHECK(world.source().next().value == 6);
  check_reads(world.source(), {1}, {6});
}

TEST_CASE_TEMPLATE("a record that does not follow is refused", World, MemoryWorld, StoreWithTail,
                   StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  publish(world, 2);
  const Engine& engine = world.engine;
  const auto code = [&](EventRecord record) {
    const auto staged = stage(world, std::move(record));
    REQUIRE(!staged);
    return staged.error().code;
  };
  CHECK(code(engine.record({4}, 1, 1, engine.previous())) == Errc::format);  // a gap
  CHECK(code(engine.record({3}, 1, 1, Hash256{})) == Errc::format);          // another record before it
  CHECK(code(engine.record({3}, 0, 1, engine.previous())) == Errc::format);  // nothing in it
  publish(world, 1);
  check_reads(world.source(), {1}, {4});
}

TEST_CASE_TEMPLATE("a record staged again is dropped when it is the same, else it is a fork", World,
                   MemoryWorld, StoreWithTail, StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  std::vector<Hash256> hashes{Hash256{}};
  for (int i = 0; i < 3; ++i) {
    publish(world, 2);
    hashes.push_back(world.engine.previous());
  }
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Sequence first{1 + 2 * i};
    StoreBatch batch;
    const auto again = world.sink().stage(world.engine.record(first, 2, i, hashes[i]), batch);
    CHECK_MESSAGE(again, (again ? "" : again.error().message));
    CHECK(batch.empty());

    for (const auto& fork :
         {world.engine.record(first, 2, i, hashes[i], 1), world.engine.record(first, 1, i, hashes[i]),
          world.engine.record({first.value + 1}, 1, i, hashes[i])}) {
      if (fork.batch->header.first >= world.source().next()) continue;
      const auto staged = stage(world, fork);
      REQUIRE(!staged);
      CHECK(staged.error().code == Errc::corrupt);
    }
  }
  publish(world, 1);
  check_reads(world.source(), {1}, {8});
}

TEST_CASE_TEMPLATE("waiting ends with an event, the deadline or stop", World, MemoryWorld, TopicWorld, Kafka,
                   KafkaWithoutTail, StoreWithTail, StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  const auto soon = [] { return std::chrono::steady_clock::now() + 10ms; };
  const auto late = [] { return std::chrono::steady_clock::now() + 60s; };
  publish(world, 2);  // sequences 1 and 2
  CHECK(world.source().wait_beyond({2}, soon()));
  CHECK(!world.source().wait_beyond({3}, soon()));
  SUBCASE("an event") {
    std::thread engine([&] { publish(world, 1); });
    CHECK(world.source().wait_beyond({3}, late()));
    engine.join();
  }
  SUBCASE("stop") {
    std::thread stopper([&] { world.source().stop(); });
    CHECK(!world.source().wait_beyond({3}, late()));
    stopper.join();
    CHECK(!world.source().wait_beyond({3}, late()));
  }
}

TEST_CASE_TEMPLATE("readers follow the engine without a gap", World, MemoryWorld, TopicWorld, Kafka,
                   KafkaWithoutTail, StoreWithTail, StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  constexpr std::uint64_t end = 1 + 3 * 200;
  std::atomic<int> wrong{0};
  const auto follow = [&] {
    Sequence next{1};
    Hash256 previous{};
    while (next.value < end) {
      if (!world.source().wait_beyond(next, std::chrono::steady_clock::now() + 60s)) break;
      const auto batches = world.source().read(next, 200);
      if (!batches || batches->empty() || batches->back()->next() > world.source().next()) break;
      for (const EventBatchPtr& batch : *batches) {
        if (batch->header.first != next || batch->header.previous != previous) ++wrong;
        next = batch->next();
        previous = batch->hash;
      }
    }
    if (next.value != end) ++wrong;
  };
  std::thread one(follow), two(follow);
  while (world.engine.next().value < end) publish(world, 3);
  one.join();
  two.join();
  CHECK(wrong.load() == 0);
}

TEST_CASE_TEMPLATE("opened again, the log goes on where the store ends", World, StoreWithTail,
                   StoreWithoutTail) {
  if (!World::available()) return;
  World world;
  CHECK(!world.log().last_ordinal());
  CHECK(world.log().last_hash() == Hash256{});
  for (std::uint32_t i = 0; i < 10; ++i) publish(world, i + 1);
  world.reopen();
  CHECK(world.log().next() == world.engine.next());
  CHECK(world.log().last_hash() == world.engine.previous());
  REQUIRE(world.log().last_ordinal());
  CHECK(world.log().last_ordinal()->value == world.engine.ordinal() - 1);
  check_reads(world.source(), {1}, world.engine.next());
  publish(world, 4);
  check_reads(world.source(), {1}, world.engine.next());
}

TEST_CASE_TEMPLATE("opened again, a broker's topic goes on where it ends", World, Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  for (std::uint32_t i = 0; i < 10; ++i) publish(world, i + 1);
  world.reopen();
  CHECK(world.source().next() == world.engine.next());
  check_reads(world.source(), {1}, world.engine.next());
  publish(world, 4);
  check_reads(world.source(), {1}, world.engine.next());
}

TEST_CASE("a row that was changed, moved or taken away is found and named") {
  StoreWithoutTail world;
  for (int i = 0; i < 4; ++i) publish(world, 2);  // rows 1, 3, 5, 7
  StoreBatch batch;
  Bytes row = **world.store.get(event_row_key({3}));
  const auto error_of_read = [&](Sequence from) {
    const auto read = world.source().read(from, everything);
    REQUIRE(!read);
    return read.error();
  };
  SUBCASE("changed") {
    row.back() ^= 1;
    batch.put(event_row_key({3}), row);
    REQUIRE(world.store.write(batch));
    CHECK(error_of_read({1}).code == Errc::corrupt);
    CHECK(error_of_read({4}).message.find("sequence 3") != std::string::npos);
  }
  SUBCASE("moved") {
    batch.put(event_row_key({5}), row);
    REQUIRE(world.store.write(batch));
    CHECK(error_of_read({5}).code == Errc::corrupt);
    CHECK(error_of_read({1}).message.find("sequence 5") != std::string::npos);
  }
  SUBCASE("taken away") {
    batch.erase(event_row_key({3}));
    REQUIRE(world.store.write(batch));
    CHECK(error_of_read({1}).code == Errc::corrupt);
    CHECK(error_of_read({3}).message.find("sequence 3") != std::string::npos);
  }
  SUBCASE("the last one changed is refused at the start") {
    row = **world.store.get(event_row_key({7}));
    row.back() ^= 1;
    batch.put(event_row_key({7}), row);
    REQUIRE(world.store.write(batch));
    const auto opened = world.try_reopen();
    REQUIRE(!opened);
    CHECK(opened.error().code == Errc::corrupt);
  }
}

}  // namespace
}  // namespace florin
