#include "deploy/florin/kafka_partition.hpp"

#include "deploy/florin/kafka_connection.hpp"
#include "engine/journal/kafka_topics.hpp"
#include "engine/processor/genesis.hpp"

namespace florin {
namespace {

kafka::Partition topic(const std::string& name, PartitionId id) {
  return {name, static_cast<std::int32_t>(id.value)};
}

}  // namespace

Result<std::unique_ptr<KafkaPartition>> KafkaPartition::open(const Settings& settings, const OpenedKeys& keys,
                                                             PartitionId id) {
  FLORIN_TRY_ASSIGN(kafka::Connection connection, kafka_connection(settings));
  std::unique_ptr<KafkaPartition> opened(new KafkaPartition(std::move(connection), id));
  FLORIN_TRY_ASSIGN(opened->quarantine_, open_quarantine(settings, *keys.keyring));
  FLORIN_TRY_ASSIGN(opened->journal_,
                    KafkaJournal::open(opened->connection_, topic(journal_topic(settings.topic_prefix), id)));
  FLORIN_TRY(processor::write_genesis(*opened->journal_, *keys.keyring, *keys.envelope, id));
  FLORIN_TRY_ASSIGN(opened->events_,
                    KafkaEventTopic::open(opened->connection_, topic(events_topic(settings.topic_prefix), id),
                                          *keys.envelope));
  return opened;
}

Result<std::unique_ptr<processor::Replica>> KafkaPartition::open_engine(const Settings& settings,
                                                                        const OpenedKeys& keys,
                                                                        const std::filesystem::path& folder) {
  const auto rank = static_cast<std::uint32_t>(settings.node - 1);
  FLORIN_TRY_ASSIGN(state_, open_state(settings, keys, folder));
  sink_ = std::make_unique<KafkaTopicSink>(connection_, topic(events_topic(settings.topic_prefix), id_),
                                           *events_, rank);
  FLORIN_TRY_ASSIGN(
      auto processor,
      processor::Processor::open({*journal_, *state_.store, *sink_, *keys.envelope, quarantine_}, id_));
  return std::make_unique<processor::Replica>(std::move(processor), *journal_, *events_, *events_,
                                              processor::ReplicaOptions{.rank = rank});
}

}  // namespace florin
