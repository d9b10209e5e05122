// The events of a partition on Apache Kafka: what several engines publish to one topic, read in its order.
// Each record carries the rank of its publisher in the record header `rank` (u32, big-endian). Threads and
// errors as in the ports; once the topic cannot be read on, or the events fork, every read gives that error.
//
// It does not read the whole topic to find its end, but the newest records only: more than publishers can
// have under way at once, so that the last record that is no repetition is among them.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "engine/journal/decided_events.hpp"
#include "engine/journal/kafka_event_reader.hpp"
#include "engine/journal/publishers.hpp"
#include "engine/journal/topic_state.hpp"

namespace florin {

inline constexpr std::size_t publish_records_max = 64;      // in one batch of a publisher
inline constexpr std::size_t publish_bytes_max = 4u << 20;  // of their sealed bytes beyond the first record
inline constexpr std::uint64_t tail_records = 4 * publish_records_max;  // that are read to find the end

struct KafkaEventTopicOptions {
  std::size_t tail_bytes_max = 64u << 20;  // memory of the newest opened events, kept for readers
  std::size_t cursors_max = 2;             // places in old records that are read at once
  std::chrono::milliseconds read_timeout{10'000};
};

class KafkaEventTopic final : public EventSource, public Publishers {
 public:
  // Finds the end of what is published. The envelope outlives the topic. Errors: not_found, io, corrupt,
  // format, key_missing, invalid_argument.
  static Result<std::unique_ptr<KafkaEventTopic>> open(const kafka::Connection& connection,
                                                       const kafka::Partition& partition,
                                                       const Envelope& envelope,
                                                       KafkaEventTopicOptions options = {});
  ~KafkaEventTopic() override;

  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const override;
  Sequence next() const override { return state_.next(); }
  bool wait_beyond(Sequence sequence, Deadline deadline) const override {
    return state_.wait_beyond(sequence, deadline);
  }
  void stop() override {
    state_.stop();
    decided_.stop();
  }
  bool stopped() const { return state_.stopped(); }
  Result<void> alive() const { return state_.alive(); }

  // The same events, and before they are published those that an engine of this process has decided.
  DecidedEvents& decided() { return decided_; }
  // Journal records before it are decided, and all their events are here.
  Ordinal answered() const { return state_.answered(); }

  std::uint64_t seen_below(std::uint32_t rank) const override { return state_.seen_below(rank); }
  std::optional<std::uint32_t> newest_rank() const override { return state_.newest_rank(); }

  // Whether a record before next() is the one that is on the topic. Errors: corrupt (a fork), and those of
  // read().
  Result<void> check_published(const EventBatch& batch) const;

 private:
  KafkaEventTopic(const kafka::Connection& connection, const kafka::Partition& partition,
                  const Envelope& envelope, KafkaEventTopicOptions options)
      : partition_(partition),
        options_(options),
        state_(options.tail_bytes_max),
        old_(connection, partition, options.cursors_max, options.read_timeout, envelope) {}
  Result<void> find_end(std::uint64_t records);
  Result<void> take(const kafka::Message& message, bool may_start_here);
  void follow();

  const kafka::Partition partition_;
  const KafkaEventTopicOptions options_;
  TopicState state_;
  DecidedEvents decided_{*this, state_};
  mutable KafkaEventReader old_;
  std::atomic<std::uint64_t> records_{0};  // offsets before it were taken

  // The follower's thread.
  std::unique_ptr<kafka::Reader> reader_{};
  std::atomic<bool> closing_{false};
  std::thread follower_{};
};

}  // namespace florin
