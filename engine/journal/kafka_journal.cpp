#include "engine/journal/kafka_journal.hpp"

#include "engine/base/big_endian.hpp"
#include "engine/journal/kafka_record.hpp"

namespace florin {
namespace {

constexpr std::chrono::milliseconds follow_wait{100};  // how soon a journal that is closed is left alone
// A record is with the follower by then; if not, it is read like an old one.
constexpr std::chrono::milliseconds tail_wait{200};
constexpr std::chrono::milliseconds reopen_wait{1'000};  // while brokers are away, an append fails as soon

// A topic whose oldest records were deleted is no journal.
Result<void> check_first(kafka::Reader& reader, const kafka::Partition& partition, kafka::Deadline deadline) {
  FLORIN_TRY(reader.start(0));
  FLORIN_TRY_ASSIGN(const auto first, reader.next(deadline));
  if (first) return {};
  return fail(Errc::io,
              "the brokers did not give the first record of " + kafka::to_string(partition) + " in time");
}

}  // namespace

Result<std::unique_ptr<KafkaJournal>> KafkaJournal::open(const kafka::Connection& connection,
                                                         const kafka::Partition& partition,
                                                         KafkaJournalOptions options) {
  const kafka::Deadline deadline = kafka::deadline_in(options.read_timeout);
  FLORIN_TRY_ASSIGN(const auto scout,
                    kafka::Reader::open(connection, partition, deadline, kafka::Reads::anywhere));
  FLORIN_TRY_ASSIGN(const std::uint64_t head, scout->find_end(deadline));
  std::unique_ptr<KafkaJournal> journal(new KafkaJournal(connection, partition, options, head));
  if (head > 0) FLORIN_TRY(check_first(*scout, partition, deadline));
  FLORIN_TRY(journal->open_producer(deadline));
  FLORIN_TRY_ASSIGN(journal->reader_, kafka::Reader::open(connection, partition, deadline));
  FLORIN_TRY(journal->reader_->start(head));
  journal->follower_ = std::thread(&KafkaJournal::follow, journal.get());
  return journal;
}

KafkaJournal::KafkaJournal(const kafka::Connection& connection, const kafka::Partition& partition,
                           KafkaJournalOptions options, std::uint64_t head)
    : connection_(connection),
      partition_(partition),
      options_(options),
      cursors_(connection, partition, options.cursors_max),
      tail_(options.tail_bytes_max),
      head_(head),
      followed_(head) {}

KafkaJournal::~KafkaJournal() {
  closing_ = true;
  if (follower_.joinable()) follower_.join();
}

void KafkaJournal::follow() {
  while (!closing_) {
    auto message = reader_->next(kafka::deadline_in(follow_wait));
    if (!message) return break_off(std::move(message).error());
    // The end that the broker names stands between batches, so readers see whole groups.
    if (const auto end = reader_->end()) raise_head(*end);
    if (!*message) continue;
    const std::uint64_t offset = (*message)->offset();
    auto record = to_record(**message, partition_);
    if (!record) return break_off(std::move(record).error());
    tail_.push(std::make_shared<JournalRecord>(*std::move(record)));
    raise_head(offset + 1);
    followed_.raise(offset + 1);
  }
}

void KafkaJournal::break_off(Error error) {
  const std::lock_guard lock(mutex_);
  broken_ = std::move(error);
}

// The appender hears of its own records from the broker's answer, the follower of everyone's.
void KafkaJournal::raise_head(std::uint64_t end) {
  const std::lock_guard lock(mutex_);
  if (end > head_.value()) head_.raise(end);
}

Result<void> KafkaJournal::follower_lives() const {
  const std::lock_guard lock(mutex_);
  if (broken_) return fail(*broken_);
  return {};
}

Result<void> KafkaJournal::open_producer(kafka::Deadline deadline) {
  FLORIN_TRY_ASSIGN(producer_,
                    kafka::Producer::open(connection_, partition_, deadline, options_.append_timeout));
  return {};
}

Result<kafka::Delivered> KafkaJournal::send(std::span<const kafka::Outgoing> records) {
  if (!failure_.empty())
    return fail(Errc::stopped,
                "the journal accepts nothing since an earlier failure (" + failure_ + "); open it again");
  if (head_.stopped()) return fail(Errc::stopped, "the journal is shutting down; nothing was accepted");
  if (const auto lives = follower_lives(); !lives)
    return fail(Errc::stopped, "the journal is not read any more (" + lives.error().message + ")");
  if (!producer_)
    if (const auto opened = open_producer(kafka::deadline_in(reopen_wait)); !opened)
      return fail(Errc::overloaded, opened.error().message + "; nothing was accepted");
  auto delivered = producer_->send(records);
  if (!delivered) {
    producer_.reset();
    if (delivered.error().code != Errc::overloaded) failure_ = delivered.error().message;
    return fail(delivered.error());
  }
  raise_head(delivered->first + records.size());
  return delivered;
}

Result<Appended> KafkaJournal::append(std::span<const Bytes> sealed_records) {
  FLORIN_TRY(check_group(sealed_records));
  std::vector<kafka::Outgoing> records;
  for (const Bytes& sealed : sealed_records) records.push_back({.value = sealed});
  FLORIN_TRY_ASSIGN(const kafka::Delivered delivered, send(records));
  return Appended{{delivered.first}, delivered.stamp};
}

// That a stamp is not later than the broker's is known only afterwards; then no reader takes the record.
Result<void> KafkaJournal::append_copied(std::span<const JournalRecord> copied) {
  std::vector<std::array<std::uint8_t, sizeof(std::uint64_t)>> stamps;
  stamps.reserve(copied.size());  // records point into it
  std::vector<kafka::Outgoing> records;
  for (const JournalRecord& record : copied) {
    stamps.push_back(big_endian(record.stamp.value));
    records.push_back({.value = record.sealed, .header = stamps.back(), .header_name = kafka::stamp_header});
  }
  FLORIN_TRY_ASSIGN(const kafka::Delivered delivered, send(records));
  if (delivered.first != copied.front().ordinal.value)
    return fail(Errc::corrupt, "record " + to_string(copied.front().ordinal) + " is record " +
                                   std::to_string(delivered.first) + " of " + kafka::to_string(partition_) +
                                   " now: somebody else appends to it; make the topic anew");
  if (!may_be_copied(copied.back().stamp, delivered.stamp))
    return fail(Errc::corrupt, "record " + to_string(copied.back().ordinal) + " was stamped later than " +
                                   "now by the brokers' clock; set the clocks, and make " +
                                   kafka::to_string(partition_) + " anew");
  return {};
}

Result<void> KafkaJournal::reopen() {
  if (head_.stopped()) return fail(Errc::stopped, "the journal is shutting down");
  if (const auto lives = follower_lives(); !lives)
    return fail(Errc::stopped, "the journal is not read any more (" + lives.error().message + ")");
  if (const auto opened = open_producer(kafka::deadline_in(reopen_wait)); !opened)
    return fail(Errc::overloaded, opened.error().message);
  failure_.clear();
  return {};
}

Result<std::vector<JournalRecord>> KafkaJournal::read(Ordinal from, std::size_t bytes_max) const {
  const Ordinal end = head();
  FLORIN_TRY(check_read_from(from, end));
  if (from.value >= followed_.value()) FLORIN_TRY(follower_lives());
  std::vector<JournalRecord> out;
  if (from == end) return out;
  // An append may be answered a moment before the follower has what it appended.
  followed_.wait_beyond(end.value - 1, kafka::deadline_in(tail_wait));
  for (const JournalRecordPtr& record : tail_.read(from, end, bytes_max)) out.push_back(*record);
  if (!out.empty()) return out;
  FLORIN_TRY_ASSIGN(const auto messages, cursors_.read(from.value, end.value, bytes_max,
                                                       kafka::deadline_in(options_.read_timeout)));
  for (const kafka::Message& message : messages) {
    FLORIN_TRY_ASSIGN(JournalRecord record, to_record(message, partition_));
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace florin
