// One engine's way to the topic of events on Apache Kafka. What publish() has returned for is on the topic,
// and was read from there again. Records that another engine has published already are compared and not sent.
//
// A batch is sent when the one before it is on the topic, so no doubt can leave a gap: after one the tail is
// read, and what is not there is sent again; if it arrives after all, readers drop it. Threads as in the
// port.
#pragma once

#include <memory>
#include <span>

#include "engine/journal/kafka_event_topic.hpp"
#include "engine/journal/staged_events.hpp"
#include "engine/kafka/producer.hpp"

namespace florin {

struct KafkaTopicSinkOptions {
  std::chrono::milliseconds send_timeout = kafka::send_timeout_default;
  // An engine whose events do not get through for so long stops; it starts again from what is published. A
  // day, since brokers that are away for an hour should need nobody's help to be worked with again.
  std::chrono::milliseconds publish_timeout{std::chrono::hours(24)};
};

class KafkaTopicSink final : public EventSink {
 public:
  // The topic, of the same partition, outlives the sink. Its producer is opened by the first publish().
  KafkaTopicSink(kafka::Connection connection, kafka::Partition partition, KafkaEventTopic& topic,
                 std::uint32_t rank, KafkaTopicSinkOptions options = {})
      : connection_(std::move(connection)),
        partition_(std::move(partition)),
        topic_(topic),
        rank_(rank),
        options_(options) {}

  // Tells who reads what is decided; adds nothing to `batch`.
  Result<void> stage(EventRecord record, StoreBatch& batch) override;
  void end_group() override { staged_.end_group(); }
  // Errors: corrupt (the topic has other events: they fork), deadline (they are not there in time), stopped
  // (the topic is), invalid_argument, not_found, and why the topic is not read any more.
  Result<void> publish() override;
  void settled() override {}

 private:
  Result<std::span<const StagedEvent>> pass_over_published(std::span<const StagedEvent> events) const;
  Result<void> publish_some(std::span<const StagedEvent> events);
  Result<void> send(std::span<const StagedEvent> events);

  const kafka::Connection connection_;
  const kafka::Partition partition_;
  KafkaEventTopic& topic_;
  const std::uint32_t rank_;
  const KafkaTopicSinkOptions options_;

  StagedEvents staged_;
  std::unique_ptr<kafka::Producer> producer_;  // none after an error
};

}  // namespace florin
