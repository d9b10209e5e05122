#include "engine/journal/kafka_event_topic.hpp"

#include <algorithm>
#include <limits>

#include "engine/base/codec.hpp"
#include "engine/kafka/end_finder.hpp"

namespace florin {
namespace {

constexpr std::chrono::milliseconds follow_wait{100};  // how soon a topic that is closed is left alone
// Of a record without a rank, which no engine of ours has published: nobody yields to it.
constexpr std::uint32_t no_rank = std::numeric_limits<std::uint32_t>::max();

std::uint32_t rank_of(const kafka::Message& message) {
  return message.number<std::uint32_t>(kafka::rank_header).value_or(no_rank);
}

}  // namespace

Result<std::unique_ptr<KafkaEventTopic>> KafkaEventTopic::open(const kafka::Connection& connection,
                                                               const kafka::Partition& partition,
                                                               const Envelope& envelope,
                                                               KafkaEventTopicOptions options) {
  const kafka::Deadline deadline = kafka::deadline_in(options.read_timeout);
  std::unique_ptr<KafkaEventTopic> topic(new KafkaEventTopic(connection, partition, envelope, options));
  kafka::EndFinder end(connection, partition);
  FLORIN_TRY_ASSIGN(const std::uint64_t records, end.find(deadline));
  FLORIN_TRY_ASSIGN(topic->reader_, kafka::Reader::open(connection, partition, deadline));
  FLORIN_TRY(topic->find_end(records));
  topic->follower_ = std::thread(&KafkaEventTopic::follow, topic.get());
  return topic;
}

KafkaEventTopic::~KafkaEventTopic() {
  closing_ = true;
  if (follower_.joinable()) follower_.join();
}

// The first of them may be repetitions; the records begin to follow each other behind those.
Result<void> KafkaEventTopic::find_end(std::uint64_t records) {
  const std::uint64_t begin = records - std::min(records, tail_records);
  records_ = begin;
  FLORIN_TRY(reader_->start(begin));
  while (records_ < records) {
    FLORIN_TRY_ASSIGN(const auto message, reader_->next(kafka::deadline_in(options_.read_timeout)));
    if (!message) return fail(Errc::io, "the brokers do not give the newest published events in time");
    FLORIN_TRY(take(*message, begin > 0));
  }
  return {};
}

Result<void> KafkaEventTopic::take(const kafka::Message& message, bool may_start_here) {
  FLORIN_TRY_ASSIGN(const EventBatchPtr batch, old_.open(message));
  if (may_start_here && batch->header.first > state_.next()) state_.start_at(*batch);
  const std::uint64_t before = message.offset();
  FLORIN_TRY(state_.append(batch, message.value().size(), rank_of(message),
                           [&](Sequence first) { return old_.hash_at(first, before); }));
  decided_.published(*batch);
  records_ = before + 1;
  return {};
}

void KafkaEventTopic::follow() {
  while (!closing_) {
    auto message = reader_->next(kafka::deadline_in(follow_wait));
    if (message && !*message) continue;
    const Result<void> taken = message ? take(**message, false) : fail(std::move(message).error());
    if (!taken) {
      state_.break_off(taken.error());
      return;
    }
  }
}

Result<std::vector<EventBatchPtr>> KafkaEventTopic::read(Sequence from, std::size_t bytes_max) const {
  from = std::max(from, Sequence{1});
  const Sequence end = next();
  FLORIN_TRY_ASSIGN(auto held, state_.read(from, bytes_max));
  if (!held.empty() || from >= end) return held;
  return old_.read(from, end, bytes_max, records_);
}

Result<void> KafkaEventTopic::check_published(const EventBatch& batch) const {
  std::optional<Hash256> known = state_.hash_at(batch.header.first);
  if (!known) {
    FLORIN_TRY_ASSIGN(known, old_.hash_at(batch.header.first, records_));
  }
  return check_staged_again(batch, known);
}

}  // namespace florin
