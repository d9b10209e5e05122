#include "engine/journal/kafka_topic_sink.hpp"

#include <algorithm>

#include "engine/base/big_endian.hpp"

namespace florin {
namespace {

constexpr std::chrono::milliseconds reopen_wait{1'000};  // for a broker that answers, before the next look
constexpr std::chrono::milliseconds retry_wait{200};     // between tries; the topic may have moved on by then
constexpr std::chrono::milliseconds shown_wait{10'000};  // until what was acknowledged is read again

// From the front, what one batch takes.
std::span<const StagedEvent> one_batch(std::span<const StagedEvent> events) {
  std::size_t count = 1, bytes = 0;
  while (count < std::min(events.size(), publish_records_max)) {
    bytes += events[count].sealed_bytes;
    if (bytes > publish_bytes_max) break;
    ++count;
  }
  return events.first(count);
}

// What another try may mend: brokers that are away, and doubts.
bool may_pass(const Error& error) {
  return error.code == Errc::overloaded || error.code == Errc::deadline || error.code == Errc::io;
}

}  // namespace

Result<void> KafkaTopicSink::stage(EventRecord record, StoreBatch&) {
  const std::size_t bytes = record.sealed.size();
  topic_.decided().add(record.batch, bytes);
  staged_.add({std::move(record.batch), bytes, std::move(record.sealed)});
  return {};
}

Result<void> KafkaTopicSink::publish() {
  const std::vector<StagedEvent> group = staged_.take();
  std::span<const StagedEvent> left = group;
  kafka::Deadline give_up = kafka::deadline_in(options_.publish_timeout);
  while (true) {
    FLORIN_TRY_ASSIGN(const auto rest, pass_over_published(left));
    if (rest.empty()) return {};
    if (rest.size() < left.size()) give_up = kafka::deadline_in(options_.publish_timeout);
    left = rest;
    Result<void> published = publish_some(one_batch(left));
    if (published) continue;
    producer_.reset();
    if (topic_.stopped()) return fail(Errc::stopped, "the topic of events is shutting down");
    if (!may_pass(published.error()) || std::chrono::steady_clock::now() > give_up) return published;
    topic_.wait_beyond(left.front().batch->header.first, kafka::deadline_in(retry_wait));
  }
}

Result<std::span<const StagedEvent>> KafkaTopicSink::pass_over_published(
    std::span<const StagedEvent> events) const {
  FLORIN_TRY(topic_.alive());
  while (!events.empty() && events.front().batch->header.first < topic_.next()) {
    FLORIN_TRY(topic_.check_published(*events.front().batch));
    events = events.subspan(1);
  }
  return events;
}

Result<void> KafkaTopicSink::publish_some(std::span<const StagedEvent> events) {
  FLORIN_TRY(send(events));
  const Sequence last{events.back().batch->next().value - 1};
  if (topic_.wait_beyond(last, kafka::deadline_in(shown_wait))) return {};
  FLORIN_TRY(topic_.alive());
  return fail(Errc::deadline, "events up to sequence " + to_string(last) + " were acknowledged by " +
                                  kafka::to_string(partition_) + " and are not read from there in time");
}

Result<void> KafkaTopicSink::send(std::span<const StagedEvent> events) {
  if (!producer_) {
    FLORIN_TRY_ASSIGN(producer_,
                      kafka::Producer::open(connection_, partition_, kafka::deadline_in(reopen_wait),
                                            options_.send_timeout));
  }
  const auto rank = big_endian(rank_);
  std::vector<kafka::Outgoing> records;
  records.reserve(events.size());
  for (const StagedEvent& event : events) records.push_back({.value = event.sealed, .header = rank});
  FLORIN_TRY(producer_->send(records));
  return {};
}

}  // namespace florin
