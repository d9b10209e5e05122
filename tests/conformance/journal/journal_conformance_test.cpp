// What every adapter of the Journal port must do, run against each of them.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "engine/clock/manual_clock.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/journal/kafka_journal.hpp"
#include "engine/journal/memory_journal.hpp"
#include "engine/journal/segment_journal.hpp"
#include "schemas/commands.hpp"
#include "tests/support/kafka_broker.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp start_time{1'700'000'000'000'000'000};
constexpr std::size_t everything = 1u << 30;

class MemoryWorld {
 public:
  static bool available() { return true; }
  ManualClock clock{start_time};
  Journal& journal() { return journal_; }

 private:
  MemoryJournal journal_{clock};
};

template <std::uint64_t SegmentBytes, std::size_t TailBytes>
class SegmentWorld {
 public:
  static bool available() { return true; }
  ManualClock clock{start_time};
  SegmentWorld() { reopen(); }
  Journal& journal() { return *journal_; }
  void reopen() {
    journal_.reset();
    auto opened = SegmentJournal::open(folder_.path() / "journal", PartitionId{3}, clock,
                                       {.segment_bytes = SegmentBytes, .tail_bytes_max = TailBytes});
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    journal_ = *std::move(opened);
  }
  Result<void> verify_all() const { return journal_->verify_all(); }

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<SegmentJournal> journal_;
};

using OneSegment = SegmentWorld<(8u << 20), (1u << 20)>;
using ManySegments = SegmentWorld<segment_bytes_min, 1>;  // and all but the newest record is read from disk

// On a real broker, with a topic of its own for each world.
template <std::size_t TailBytes>
class KafkaWorld {
 public:
  static bool available() { return test::kafka_available(); }
  KafkaWorld() { reopen(); }
  Journal& journal() { return *journal_; }
  void reopen() {
    journal_.reset();
    auto opened =
        KafkaJournal::open(test::kafka_connection(), topic_, {.tail_bytes_max = TailBytes, .cursors_max = 2});
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    journal_ = *std::move(opened);
  }

 private:
  kafka::Partition topic_ = test::new_kafka_topic();
  std::unique_ptr<KafkaJournal> journal_;
};

using Kafka = KafkaWorld<(64u << 20)>;
using KafkaWithoutTail = KafkaWorld<1>;  // all but the newest record is read from the broker again

Bytes sealed(std::uint64_t number, std::size_t size = 40) {
  Bytes bytes(size, static_cast<std::uint8_t>(number));
  for (std::size_t i = 0; i < std::min<std::size_t>(size, 8); ++i)
    bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return bytes;
}

std::vector<Bytes> group(std::uint64_t first, std::size_t count) {
  std::vector<Bytes> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back(sealed(first + i));
  return records;
}

// Appends `count` records in groups of 1, 2, 3, ... and says that each was accepted.
void append_records(Journal& journal, std::uint64_t count) {
  std::uint64_t done = 0;
  for (std::size_t size = 1; done < count; size = size % 7 + 1) {
    const std::size_t now = std::min<std::size_t>(size, count - done);
    const auto appended = journal.append(group(journal.head().value, now));
    REQUIRE(appended);
    done += now;
  }
}

void check_holds(const Journal& journal, std::uint64_t count) {
  REQUIRE(journal.head().value == count);
  std::uint64_t next = 0;
  Timestamp stamp;
  while (next < count) {
    const auto records = journal.read({next}, 500);
    REQUIRE_MESSAGE(records, (records ? "" : records.error().message));
    REQUIRE(!records->empty());
    for (const JournalRecord& record : *records) {
      REQUIRE(record.ordinal.value == next);
      REQUIRE(record.sealed == sealed(next));
      REQUIRE(record.stamp >= stamp);
      stamp = record.stamp;
      ++next;
    }
  }
}

TEST_CASE_TEMPLATE("an empty journal has its head at 0 and nothing to read", World, MemoryWorld, OneSegment,
                   ManySegments, Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  CHECK(world.journal().head().value == 0);
  const auto records = world.journal().read({0}, everything);
  REQUIRE(records);
  CHECK(records->empty());
}

TEST_CASE_TEMPLATE("records come back in order, with dense ordinals, as they were given", World, MemoryWorld,
                   OneSegment, ManySegments, Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  const auto first = world.journal().append(group(0, 2));
  const auto second = world.journal().append(group(2, 3));
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->first.value == 0);
  CHECK(second->first.value == 2);
  check_holds(world.journal(), 5);
}

TEST_CASE_TEMPLATE("every record can be the first of a read", World, MemoryWorld, OneSegment, ManySegments,
                   Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  append_records(world.journal(), 300);
  for (std::uint64_t from = 0; from < 300; ++from) {
    const auto records = world.journal().read({from}, 0);
    REQUIRE(records);
    REQUIRE(records->size() == 1);
    CHECK(records->front().ordinal.value == from);
    CHECK(records->front().sealed == sealed(from));
  }
  check_holds(world.journal(), 300);
}

TEST_CASE_TEMPLATE("a read gives at least one record and keeps its limit beyond it", World, MemoryWorld,
                   OneSegment, ManySegments, Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  const std::vector<Bytes> records{sealed(0, 100), sealed(1, 60), sealed(2, 40), sealed(3, 1)};
  REQUIRE(world.journal().append(records));
  CHECK(world.journal().read({0}, 0)->size() == 1);
  CHECK(world.journal().read({0}, 59)->size() == 1);
  CHECK(world.journal().read({0}, 60)->size() == 2);
  CHECK(world.journal().read({0}, 99)->size() == 2);
  CHECK(world.journal().read({0}, 100)->size() == 3);
  CHECK(world.journal().read({0}, 101)->size() == 4);
  CHECK(world.journal().read({4}, 100)->empty());
}

TEST_CASE_TEMPLATE("the stamp is the clock's, the same for a group, and never goes back", World, MemoryWorld,
                   OneSegment, ManySegments) {
  if (!World::available()) return;
  World world;
  const auto first = world.journal().append(group(0, 2));
  REQUIRE(first);
  CHECK(first->stamp == start_time);
  world.clock.advance_ns(5);
  CHECK(world.journal().append(group(2, 1))->stamp.value == start_time.value + 5);
  world.clock.set({1});
  CHECK(world.journal().append(group(3, 1))->stamp.value == start_time.value + 5);
  const auto records = world.journal().read({0}, everything);
  REQUIRE(records);
  CHECK(records->at(0).stamp == start_time);
  CHECK(records->at(1).stamp == start_time);
  CHECK(records->at(3).stamp.value == start_time.value + 5);
}

TEST_CASE_TEMPLATE("what is over the limits is refused and leaves nothing behind", World, MemoryWorld,
                   OneSegment, ManySegments, Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  Journal& journal = world.journal();
  REQUIRE(journal.append(group(0, 1)));

  const auto code = [&](const std::vector<Bytes>& records) {
    const auto appended = journal.append(records);
    REQUIRE(!appended);
    return appended.error().code;
  };
  CHECK(code({}) == Errc::invalid_argument);
  CHECK(code({sealed(1), Bytes{}}) == Errc::invalid_argument);
  CHECK(code({sealed(1), Bytes(record_bytes_max + 1)}) == Errc::invalid_argument);
  CHECK(code(group(1, append_group_records_max + 1)) == Errc::invalid_argument);
  const std::size_t large = append_group_bytes_max / record_bytes_max;
  CHECK(code(std::vector<Bytes>(large + 1, Bytes(record_bytes_max))) == Errc::invalid_argument);
  const auto beyond = journal.read({2}, everything);
  REQUIRE(!beyond);
  CHECK(beyond.error().code == Errc::invalid_argument);

  CHECK(journal.head().value == 1);
  REQUIRE(journal.append(group(1, append_group_records_max)));
  check_holds(journal, 1 + append_group_records_max);
}

TEST_CASE_TEMPLATE("a record of the greatest size is taken", World, MemoryWorld, OneSegment, ManySegments,
                   Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  const Bytes large = sealed(7, record_bytes_max);
  REQUIRE(world.journal().append(group(0, 1)));
  REQUIRE(world.journal().append(std::vector<Bytes>{large, large}));
  REQUIRE(world.journal().append(group(3, 1)));
  const auto records = world.journal().read({0}, everything);
  REQUIRE(records);
  REQUIRE(records->size() == 4);
  CHECK(records->at(1).sealed == large);
  CHECK(records->at(2).sealed == large);
  CHECK(records->at(3).sealed == sealed(3));
}

TEST_CASE_TEMPLATE("waiting ends with a record, the deadline or stop", World, MemoryWorld, OneSegment,
                   ManySegments, Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  Journal& journal = world.journal();
  const auto soon = [] { return std::chrono::steady_clock::now() + 10ms; };
  const auto late = [] { return std::chrono::steady_clock::now() + 60s; };
  CHECK(!journal.wait_beyond({0}, soon()));

  SUBCASE("a record") {
    std::thread appender([&] { REQUIRE(journal.append(group(0, 1))); });
    CHECK(journal.wait_beyond({0}, late()));
    appender.join();
    CHECK(journal.wait_beyond({0}, soon()));
    CHECK(!journal.wait_beyond({1}, soon()));
  }
  SUBCASE("stop") {
    REQUIRE(journal.append(group(0, 1)));
    std::thread stopper([&] { journal.stop(); });
    CHECK(!journal.wait_beyond({1}, late()));
    stopper.join();
    CHECK(!journal.wait_beyond({1}, late()));
    CHECK(journal.wait_beyond({0}, late()));
    const auto appended = journal.append(group(1, 1));
    REQUIRE(!appended);
    CHECK(appended.error().code == Errc::stopped);
    check_holds(journal, 1);
  }
}

TEST_CASE_TEMPLATE("readers follow an appender and see each record once, whole groups at a time", World,
                   MemoryWorld, OneSegment, ManySegments, Kafka, KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  Journal& journal = world.journal();
  constexpr std::uint64_t count = 300;  // in groups of 3
  std::atomic<int> wrong{0};
  const auto follow = [&] {
    std::uint64_t next = 0;
    while (next < count) {
      if (!journal.wait_beyond({next}, std::chrono::steady_clock::now() + 60s)) break;
      if (journal.head().value % 3 != 0) ++wrong;
      const auto records = journal.read({next}, 200);
      if (!records || records->empty() || records->back().ordinal >= journal.head()) {
        ++wrong;
        break;
      }
      for (const JournalRecord& record : *records) {
        if (record.ordinal.value != next || record.sealed != sealed(next)) ++wrong;
        ++next;
      }
    }
    if (next != count) ++wrong;
  };
  std::thread one(follow), two(follow);
  for (std::uint64_t first = 0; first < count; first += 3) REQUIRE(journal.append(group(first, 3)));
  one.join();
  two.join();
  CHECK(wrong.load() == 0);
}

TEST_CASE_TEMPLATE("opening again finds everything, and goes on behind it", World, OneSegment, ManySegments) {
  if (!World::available()) return;
  World world;
  append_records(world.journal(), 150);
  world.clock.advance_ns(1000);
  world.reopen();
  check_holds(world.journal(), 150);
  CHECK(world.journal().wait_beyond({149}, std::chrono::steady_clock::now()));

  append_records(world.journal(), 150);
  world.clock.set({1});
  world.reopen();
  const auto last = world.journal().append(group(300, 1));
  REQUIRE(last);
  CHECK(last->stamp.value == start_time.value + 1000);
  check_holds(world.journal(), 301);
  const auto verified = world.verify_all();
  CHECK_MESSAGE(verified, (verified ? "" : verified.error().message));
}

TEST_CASE_TEMPLATE("on a broker the stamp is the broker's clock, the same for a group", World, Kafka,
                   KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  const SystemClock clock;
  const std::uint64_t before_ms = clock.now().value / 1'000'000;
  const auto appended = world.journal().append(group(0, 64));
  REQUIRE_MESSAGE(appended, (appended ? "" : appended.error().message));
  CHECK(appended->stamp.value / 1'000'000 >= before_ms);
  CHECK(appended->stamp <= clock.now());
  const auto records = world.journal().read({0}, everything);
  REQUIRE(records);
  REQUIRE(records->size() == 64);
  for (const JournalRecord& record : *records) CHECK(record.stamp == appended->stamp);
}

TEST_CASE_TEMPLATE("opened again on a broker, the journal goes on behind everything", World, Kafka,
                   KafkaWithoutTail) {
  if (!World::available()) return;
  World world;
  append_records(world.journal(), 150);
  world.reopen();
  check_holds(world.journal(), 150);
  CHECK(world.journal().wait_beyond({149}, std::chrono::steady_clock::now()));
  append_records(world.journal(), 50);
  check_holds(world.journal(), 200);
}

}  // namespace
}  // namespace florin
