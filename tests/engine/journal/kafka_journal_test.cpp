// What only a journal on a broker can meet; what it shares with the others is in tests/conformance/journal.
#include "engine/journal/kafka_journal.hpp"

#include <doctest/doctest.h>

#include <array>

#include "tests/support/kafka_broker.hpp"
#include "tests/support/kafka_mock.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t everything = 1u << 30;
const KafkaJournalOptions impatient{.append_timeout = kafka::send_timeout_min, .read_timeout = 3s};

std::unique_ptr<KafkaJournal> open(const kafka::Partition& partition, KafkaJournalOptions options = {}) {
  auto opened = KafkaJournal::open(test::kafka_connection(), partition, options);
  REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
  return *std::move(opened);
}

Result<Appended> append(Journal& journal, std::uint8_t byte, std::size_t records = 1) {
  return journal.append(std::vector<Bytes>(records, Bytes(20, byte)));
}

// As the retention of a badly made topic does it.
void delete_before(const kafka::Partition& partition, std::int64_t offset) {
  auto client =
      kafka::make_client(*kafka::make_conf(test::kafka_connection(), kafka::Role::admin), kafka::Role::admin);
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, partition.topic.c_str(), partition.number)->offset = offset;
  rd_kafka_DeleteRecords_t* asked = rd_kafka_DeleteRecords_new(list);
  const kafka::Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client->get()));
  rd_kafka_DeleteRecords(client->get(), &asked, 1, nullptr, queue.get());
  const kafka::Owned<rd_kafka_event_t> done(rd_kafka_queue_poll(queue.get(), 30'000));
  REQUIRE(done);
  REQUIRE(rd_kafka_event_error(done.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_DeleteRecords_destroy(asked);
  rd_kafka_topic_partition_list_destroy(list);
}

}  // namespace

TEST_CASE("given no broker, or no topic, when a journal is opened, then the error says what to do") {
  const auto nobody = KafkaJournal::open({.brokers = "127.0.0.1:1"}, {"florin.journal", 0}, impatient);
  REQUIRE(!nobody);
  CHECK(nobody.error().code == Errc::io);
  CHECK(nobody.error().message.find("127.0.0.1:1") != std::string::npos);
  if (!test::kafka_available()) return;
  const auto missing = KafkaJournal::open(test::kafka_connection(), {"nothing.journal", 0}, impatient);
  REQUIRE(!missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message.find("florin topics create") != std::string::npos);
  kafka::Partition partition = test::new_kafka_topic();
  partition.number = 1;
  const auto beyond = KafkaJournal::open(test::kafka_connection(), partition, impatient);
  REQUIRE(!beyond);
  CHECK(beyond.error().code == Errc::not_found);
}

TEST_CASE("given two appenders, when each appends, then both see all groups whole and in one order") {
  if (!test::kafka_available()) return;
  const kafka::Partition partition = test::new_kafka_topic();
  const std::array<std::unique_ptr<KafkaJournal>, 2> journals{open(partition), open(partition)};
  const auto work = [&](std::uint8_t which) {
    for (int i = 0; i < 50; ++i) REQUIRE(append(*journals[which], which, 4));
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  std::array<std::vector<Bytes>, 2> seen;
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE(journals[i]->wait_beyond({399}, std::chrono::steady_clock::now() + 10s));
    const auto records = journals[i]->read({0}, everything);
    REQUIRE_MESSAGE(records, (records ? "" : records.error().message));
    for (const JournalRecord& record : *records) seen[i].push_back(record.sealed);
  }
  REQUIRE(seen[0].size() == 400);
  CHECK(seen[0] == seen[1]);
  for (std::size_t i = 0; i < 400; ++i) CHECK(seen[0][i] == seen[0][i / 4 * 4]);
}

TEST_CASE("given a broker that hangs, when an append runs out of time, then it is in doubt and not guessed") {
  if (!test::kafka_available()) return;
  const kafka::Partition partition = test::new_kafka_topic();
  auto journal = open(partition, impatient);
  REQUIRE(append(*journal, 1));
  {
    const test::KafkaPause paused;
    const auto begin = std::chrono::steady_clock::now();
    const auto doubtful = append(*journal, 2);
    CHECK(std::chrono::steady_clock::now() - begin < 6s);
    REQUIRE(!doubtful);
    CHECK(doubtful.error().code == Errc::deadline);
  }
  const auto refused = append(*journal, 3);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::stopped);
  // What the hanging broker had in its socket arrives after all, at some time.
  journal->wait_beyond({1}, std::chrono::steady_clock::now() + 10s);
  journal = open(partition);
  const auto records = journal->read({0}, everything);
  REQUIRE(records);
  REQUIRE(records->size() == 2);
  CHECK(records->back().sealed == Bytes(20, 2));
  CHECK(append(*journal, 4)->first == Ordinal{2});
}

TEST_CASE("given a broker that is down, when records are appended, then none is, and the next try counts") {
  test::KafkaMock mock;
  auto journal = KafkaJournal::open(mock.connection(), test::KafkaMock::partition(), impatient);
  REQUIRE_MESSAGE(journal, (journal ? "" : journal.error().message));
  mock.set_down();
  for (int i = 0; i < 2; ++i) {
    const auto refused = append(**journal, 1, 3);
    REQUIRE(!refused);
    CHECK_MESSAGE(refused.error().code == Errc::overloaded, refused.error().message);
  }
  mock.set_up();
  const auto tried = append(**journal, 1, 3);
  CHECK_MESSAGE(tried, (tried ? "" : tried.error().message));
}

TEST_CASE("given a topic whose oldest records were deleted, then the journal is refused") {
  if (!test::kafka_available()) return;
  const kafka::Partition partition = test::new_kafka_topic();
  REQUIRE(append(*open(partition), 1, 5));
  delete_before(partition, 3);
  const auto opened = KafkaJournal::open(test::kafka_connection(), partition, impatient);
  REQUIRE(!opened);
  CHECK(opened.error().code == Errc::corrupt);
  CHECK(opened.error().message.find("record 0") != std::string::npos);
}

TEST_CASE("given an open journal, when records behind what is in memory are deleted, then a read says so") {
  if (!test::kafka_available()) return;
  const kafka::Partition partition = test::new_kafka_topic();
  const auto journal = open(partition, {.tail_bytes_max = 1, .read_timeout = 3s});
  REQUIRE(append(*journal, 1, 5));
  delete_before(partition, 3);
  const auto read = journal->read({1}, everything);
  REQUIRE(!read);
  CHECK(read.error().code == Errc::corrupt);
  const auto newest = journal->read({4}, everything);
  CHECK_MESSAGE(newest, (newest ? "" : newest.error().message));
}

TEST_CASE(
    "given a topic that is stamped by producers, when it is used, then the journal says what it needs") {
  if (!test::kafka_available()) return;
  const kafka::Partition partition = test::new_kafka_topic({{"message.timestamp.type", "CreateTime"}});
  const auto journal = open(partition, impatient);
  const auto appended = append(*journal, 1);
  REQUIRE(!appended);
  CHECK(appended.error().code == Errc::deadline);
  CHECK(appended.error().message.find("LogAppendTime") != std::string::npos);
  const auto again = KafkaJournal::open(test::kafka_connection(), partition, impatient);
  REQUIRE(!again);
  CHECK(again.error().code == Errc::invalid_argument);
  CHECK(again.error().message.find("LogAppendTime") != std::string::npos);
}

}  // namespace florin
