// What a copy on a broker has: the stamps of the journal that it was made of, and the broker's from then on.
#include <doctest/doctest.h>

#include "engine/base/big_endian.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/journal/journal_copy.hpp"
#include "engine/journal/kafka_journal.hpp"
#include "engine/journal/kafka_record.hpp"
#include "tests/engine/journal/journal_world.hpp"
#include "tests/support/kafka_broker.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t everything = 1u << 30;

std::unique_ptr<KafkaJournal> open(const kafka::Partition& partition) {
  auto opened = KafkaJournal::open(test::kafka_connection(), partition);
  REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
  return *std::move(opened);
}

template <class To>
Result<void> copy(const Journal& from, To& to) {
  JournalCopy copy(from, to, [&to](auto records) { return to.append_copied(records); });
  FLORIN_TRY(copy.compare([](std::uint64_t) {}));
  return copy.copy([](std::uint64_t) {});
}

std::vector<JournalRecord> read_all(const Journal& journal) {
  std::vector<JournalRecord> out;
  for (Ordinal next{0}; next < journal.head(); next = {next.value + 1}) {
    auto read = journal.read(next, 0);
    REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
    out.push_back(std::move(read->front()));
  }
  return out;
}

void check_equal(const Journal& a, const Journal& b) {
  const auto left = read_all(a), right = read_all(b);
  REQUIRE(left.size() == right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    CHECK(left[i].ordinal == right[i].ordinal);
    CHECK(left[i].stamp == right[i].stamp);
    CHECK(left[i].sealed == right[i].sealed);
  }
}

// A record as somebody may append it who is not of Florin.
void append_with_stamp(const kafka::Partition& partition, ByteView stamp) {
  const auto producer =
      kafka::Producer::open(test::kafka_connection(), partition, std::chrono::steady_clock::now() + 30s);
  REQUIRE(producer);
  const Bytes sealed = test::sealed(0);
  const kafka::Outgoing outgoing{.value = sealed, .header = stamp, .header_name = kafka::stamp_header};
  REQUIRE((*producer)->send({&outgoing, 1}));
}

}  // namespace

TEST_CASE("given an embedded journal, when it is copied to Kafka and back, then all three are the same") {
  if (!test::kafka_available()) return;
  const test::JournalWorld world, again;
  world.make(150);
  const auto source = world.must_open();
  const kafka::Partition partition = test::new_kafka_topic();
  {
    const auto there = open(partition);
    REQUIRE(copy(*source, *there));
    check_equal(*source, *there);
  }
  const auto there = open(partition);  // nothing of it is in memory
  check_equal(*source, *there);
  const auto back = again.must_open();
  REQUIRE(copy(*there, *back));
  check_equal(*source, *back);
  REQUIRE(copy(*source, *there));
  CHECK(there->head() == source->head());
}

TEST_CASE(
    "given a copy on Kafka, when it is appended to, then the broker's stamp counts, and no copy goes on") {
  if (!test::kafka_available()) return;
  const test::JournalWorld world;
  world.make(3);
  const auto source = world.must_open();
  const auto there = open(test::new_kafka_topic());
  REQUIRE(copy(*source, *there));
  const auto appended = there->append(std::vector<Bytes>{test::sealed(9)});
  REQUIRE(appended);
  const auto records = read_all(*there);
  REQUIRE(records.size() == 4);
  CHECK(records[2].stamp == world.clock.now());
  CHECK(records[3].stamp == appended->stamp);
  CHECK(records[3].stamp > records[2].stamp);
  const auto refused = copy(*source, *there);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::already_exists);
}

TEST_CASE(
    "given a stamp that no copy has written, when the record is read, then the journal is damaged there") {
  if (!test::kafka_available()) return;
  const Timestamp now = SystemClock().now();
  const auto hour_later = big_endian(now.value + 3'600'000'000'000);
  const auto earlier = big_endian(now.value - 3'600'000'000'000);
  for (const ByteView stamp : {ByteView(hour_later), ByteView(earlier).first(7)}) {
    const kafka::Partition partition = test::new_kafka_topic();
    append_with_stamp(partition, earlier);
    append_with_stamp(partition, stamp);
    const auto journal = open(partition);
    CHECK(journal->read({0}, 0).value().front().stamp.value == now.value - 3'600'000'000'000);
    const auto read = journal->read({1}, everything);
    REQUIRE(!read);
    CHECK(read.error().code == Errc::corrupt);
    CHECK_MESSAGE(read.error().message.find("record 1 of " + partition.topic) != std::string::npos,
                  read.error().message);
  }
  CHECK(may_be_copied({copied_stamp_lead_ns_max}, {0}));
  CHECK(!may_be_copied({copied_stamp_lead_ns_max + 1}, {0}));
}

TEST_CASE("given somebody who appends at the same time, when a journal is copied, then the copy says so") {
  if (!test::kafka_available()) return;
  const kafka::Partition partition = test::new_kafka_topic();
  const auto there = open(partition);
  append_with_stamp(partition, big_endian(std::uint64_t{1}));
  const JournalRecord record{{0}, {1}, test::sealed(0)};
  const auto copied = there->append_copied({&record, 1});
  REQUIRE(!copied);
  CHECK(copied.error().code == Errc::corrupt);
  CHECK(copied.error().message.find("somebody else") != std::string::npos);
}

}  // namespace florin
