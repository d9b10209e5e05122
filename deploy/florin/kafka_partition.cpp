#include "deploy/florin/kafka_partition.hpp"

#include "deploy/florin/kafka_connection.hpp"
#include "engine/journal/kafka_topics.hpp"
#include "engine/processor/genesis.hpp"

namespace florin {
namespace {

constexpr std::chrono::seconds end_wait_max{10};
// An engine that was away and has caught up takes its partitions back after this.
constexpr std::chrono::seconds reclaim_after{2};

kafka::Partition topic(const std::string& name, PartitionId id) {
  return {name, static_cast<std::int32_t>(id.value)};
}

}  // namespace

// As many partitions and replicas as the journal has: the other settings follow from those.
Result<std::uint32_t> count_partitions(const Settings& settings) {
  FLORIN_TRY_ASSIGN(const auto connection, kafka_connection(settings));
  FLORIN_TRY_ASSIGN(const auto topics, kafka::Topics::open(connection));
  FLORIN_TRY_ASSIGN(const auto journal, topics->find(journal_topic(settings.topic_prefix)));
  TopicOptions options{.prefix = settings.topic_prefix};
  if (journal) options = {settings.topic_prefix, journal->partitions, journal->replication};
  FLORIN_TRY_ASSIGN(const auto wanted, florin_topics(options));
  for (const kafka::Topic& topic : wanted) {
    FLORIN_TRY_ASSIGN(const auto found, topics->find(topic.name));
    if (!found)
      return fail(Errc::not_found, "there is no topic " + topic.name + " at " + connection.brokers +
                                       "; `florin topics create` makes it");
    FLORIN_TRY(check_topic(topic, *found));
  }
  return static_cast<std::uint32_t>(options.partitions);
}

Result<bool> journal_is_empty(const Settings& settings) {
  FLORIN_TRY_ASSIGN(const auto connection, kafka_connection(settings));
  FLORIN_TRY_ASSIGN(const std::uint32_t partitions, count_partitions(settings));
  for (std::uint32_t id = 0; id < partitions; ++id) {
    kafka::EndFinder finder(connection, topic(journal_topic(settings.topic_prefix), {id}));
    FLORIN_TRY_ASSIGN(const std::uint64_t end, finder.find(kafka::deadline_in(end_wait_max)));
    if (end > 0) return false;
  }
  return true;
}

std::uint32_t rank_of(const Settings& settings, PartitionId partition) {
  const std::uint64_t engine = settings.node - 1;
  if (engine >= settings.engines) return static_cast<std::uint32_t>(engine);
  return static_cast<std::uint32_t>((engine + settings.engines - partition.value % settings.engines) %
                                    settings.engines);
}

Result<std::unique_ptr<KafkaPartition>> KafkaPartition::open(const Settings& settings, const OpenedKeys& keys,
                                                             PartitionId id, IfMissing missing) {
  FLORIN_TRY_ASSIGN(kafka::Connection connection, kafka_connection(settings));
  const kafka::Partition journal = topic(journal_topic(settings.topic_prefix), id);
  std::unique_ptr<KafkaPartition> opened(new KafkaPartition(std::move(connection), journal, id));
  FLORIN_TRY_ASSIGN(opened->quarantine_, open_quarantine(settings, *keys.keyring, id));
  FLORIN_TRY_ASSIGN(opened->journal_, KafkaJournal::open(opened->connection_, journal));
  if (missing == IfMissing::create)
    FLORIN_TRY(processor::write_genesis(*opened->journal_, *keys.keyring, *keys.envelope, id));
  FLORIN_TRY_ASSIGN(opened->events_,
                    KafkaEventTopic::open(opened->connection_, topic(events_topic(settings.topic_prefix), id),
                                          *keys.envelope));
  return opened;
}

Result<bool> KafkaPartition::is_behind(kafka::Deadline deadline) {
  FLORIN_TRY_ASSIGN(const std::uint64_t end, journal_end_.find(deadline));
  return events_->answered().value < end;
}

Result<std::unique_ptr<processor::Replica>> KafkaPartition::open_engine(const Settings& settings,
                                                                        const OpenedKeys& keys,
                                                                        const std::filesystem::path& folder) {
  const std::uint32_t rank = rank_of(settings, id_);
  FLORIN_TRY_ASSIGN(state_, open_state(settings, keys, folder));
  sink_ = std::make_unique<KafkaTopicSink>(connection_, topic(events_topic(settings.topic_prefix), id_),
                                           *events_, rank);
  FLORIN_TRY_ASSIGN(
      auto processor,
      processor::Processor::open({*journal_, *state_.store, *sink_, *keys.envelope, quarantine_}, id_));
  return std::make_unique<processor::Replica>(
      std::move(processor), *journal_, *events_, *events_,
      processor::ReplicaOptions{
          .rank = rank, .reclaim_after = reclaim_after, .overlap = processor::Overlap::all_groups});
}

}  // namespace florin
