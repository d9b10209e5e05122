// What a process has open of one partition on Apache Kafka: the journal, the topic of events, and where it
// has an engine, its state and its way to the topic.
#pragma once

#include "deploy/florin/data_folder.hpp"
#include "engine/journal/kafka_event_topic.hpp"
#include "engine/journal/kafka_journal.hpp"
#include "engine/journal/kafka_topic_sink.hpp"
#include "engine/kafka/end_finder.hpp"
#include "engine/processor/replica.hpp"

namespace florin {

// How many the topics have, which are looked at one by one. Errors: not_found, io, and invalid_argument
// (names a setting of a topic that would lose records).
Result<std::uint32_t> count_partitions(const Settings& settings);

// Whether no partition has a record. Errors: those of count_partitions.
Result<bool> journal_is_empty(const Settings& settings);

// The first in line to publish a partition has rank 0. Engines 1 to `engines` take turns, so that each has
// its share; a further one stands by behind them.
std::uint32_t rank_of(const Settings& settings, PartitionId partition);

class KafkaPartition {
 public:
  // Finds the ends of both topics, and writes the genesis where the journal is empty and may be made. The
  // keys outlive it. Errors: those of KafkaJournal::open and KafkaEventTopic::open.
  static Result<std::unique_ptr<KafkaPartition>> open(const Settings& settings, const OpenedKeys& keys,
                                                      PartitionId id, IfMissing missing);

  // One of the partition's engines, with its state in this folder. Errors: those of the store and of
  // Processor::open.
  Result<std::unique_ptr<processor::Replica>> open_engine(const Settings& settings, const OpenedKeys& keys,
                                                          const std::filesystem::path& folder);

  // Whether the events of something that is in the journal now are not here yet. Errors: those of EndFinder.
  Result<bool> is_behind(kafka::Deadline deadline);

  KafkaJournal& journal() { return *journal_; }
  KafkaEventTopic& events() { return *events_; }
  const OpenedState& state() const { return state_; }  // empty without an engine
  const Quarantine& quarantine() const { return quarantine_; }

 private:
  KafkaPartition(kafka::Connection connection, const kafka::Partition& journal, PartitionId id)
      : connection_(std::move(connection)), id_(id), journal_end_(connection_, journal) {}

  const kafka::Connection connection_;
  const PartitionId id_;
  kafka::EndFinder journal_end_;
  Quarantine quarantine_{};
  std::unique_ptr<KafkaJournal> journal_{};
  std::unique_ptr<KafkaEventTopic> events_{};
  OpenedState state_{};
  std::unique_ptr<KafkaTopicSink> sink_{};
};

}  // namespace florin
