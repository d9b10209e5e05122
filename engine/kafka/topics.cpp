#include "engine/kafka/topics.hpp"

#include <algorithm>
#include <array>

#include "engine/kafka/metadata.hpp"

namespace florin::kafka {
namespace {

constexpr std::size_t reason_bytes_max = 512;
constexpr std::chrono::milliseconds answer_slack{2'000};  // librdkafka itself ends a request in time

Errc code_of(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: return Errc::already_exists;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED: return Errc::permission;
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION: return Errc::invalid_argument;
    default: return Errc::io;
  }
}

tl::unexpected<Error> failed(const std::string& what, rd_kafka_resp_err_t error, const char* text) {
  return fail(code_of(error), what + ": " + (text != nullptr ? text : rd_kafka_err2str(error)));
}

std::int32_t fewest_replicas(const rd_kafka_metadata_topic_t& row) {
  std::int32_t fewest = row.partitions[0].replica_cnt;
  for (int i = 1; i < row.partition_cnt; ++i) fewest = std::min(fewest, row.partitions[i].replica_cnt);
  return fewest;
}

}  // namespace

Result<std::unique_ptr<Topics>> Topics::open(const Connection& connection,
                                             std::chrono::milliseconds timeout) {
  FLORIN_TRY_ASSIGN(Owned<rd_kafka_conf_t> conf, make_conf(connection, Role::admin));
  std::unique_ptr<Topics> topics(new Topics(connection, timeout));
  FLORIN_TRY_ASSIGN(topics->client_, make_client(std::move(conf), Role::admin));
  return topics;
}

Owned<rd_kafka_AdminOptions_t> Topics::options(rd_kafka_admin_op_t operation) const {
  Owned<rd_kafka_AdminOptions_t> made(rd_kafka_AdminOptions_new(client_.get(), operation));
  std::array<char, reason_bytes_max> reason{};
  rd_kafka_AdminOptions_set_request_timeout(made.get(), static_cast<int>(timeout_.count()), reason.data(),
                                            reason.size());
  return made;
}

Result<Owned<rd_kafka_event_t>> Topics::wait(rd_kafka_queue_t& queue) const {
  Owned<rd_kafka_event_t> event(
      rd_kafka_queue_poll(&queue, static_cast<int>((timeout_ + answer_slack).count())));
  if (!event) return fail(Errc::io, "no Kafka broker answers at " + connection_.brokers);
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return failed("the Kafka brokers at " + connection_.brokers, error,
                  rd_kafka_event_error_string(event.get()));
  return event;
}

// All topics are asked for, since a question for one could make it.
Result<std::optional<Topic>> Topics::find_partitions(const std::string& name) {
  const Deadline deadline = deadline_in(timeout_);
  FLORIN_TRY_ASSIGN(const Metadata found, ask_metadata(*client_, connection_, nullptr, deadline));
  std::optional<Topic> topic;
  for (int i = 0; i < found->topic_cnt; ++i)
    if (const auto& row = found->topics[i]; row.topic == name && row.partition_cnt > 0)
      topic = Topic{name, row.partition_cnt, fewest_replicas(row)};
  return topic;
}

Result<std::optional<Topic>> Topics::find(const std::string& name) {
  FLORIN_TRY_ASSIGN(std::optional<Topic> topic, find_partitions(name));
  if (!topic) return topic;
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client_.get()));
  const Owned<rd_kafka_ConfigResource_t> resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  rd_kafka_ConfigResource_t* asked = resource.get();
  rd_kafka_DescribeConfigs(client_.get(), &asked, 1, options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS).get(),
                           queue.get());
  FLORIN_TRY_ASSIGN(const Owned<rd_kafka_event_t> event, wait(*queue));
  std::size_t count = 0;
  const auto* rows =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto error = rd_kafka_ConfigResource_error(rows[i]); error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return failed("the settings of " + name, error, rd_kafka_ConfigResource_error_string(rows[i]));
    std::size_t entries = 0;
    const auto* entry = rd_kafka_ConfigResource_configs(rows[i], &entries);
    for (std::size_t e = 0; e < entries; ++e)
      if (const char* value = rd_kafka_ConfigEntry_value(entry[e]); value != nullptr)
        topic->settings[rd_kafka_ConfigEntry_name(entry[e])] = value;
  }
  return topic;
}

Result<void> Topics::create(const Topic& topic) {
  std::array<char, reason_bytes_max> reason{};
  const Owned<rd_kafka_NewTopic_t> wanted(rd_kafka_NewTopic_new(
      topic.name.c_str(), topic.partitions, topic.replication, reason.data(), reason.size()));
  if (!wanted) return fail(Errc::invalid_argument, "the topic " + topic.name + ": " + reason.data());
  for (const auto& [name, value] : topic.settings)
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client_.get()));
  rd_kafka_NewTopic_t* asked = wanted.get();
  const auto how = options(RD_KAFKA_ADMIN_OP_CREATETOPICS);
  rd_kafka_AdminOptions_set_operation_timeout(how.get(), static_cast<int>(timeout_.count()), reason.data(),
                                              reason.size());
  rd_kafka_CreateTopics(client_.get(), &asked, 1, how.get(), queue.get());
  FLORIN_TRY_ASSIGN(const Owned<rd_kafka_event_t> event, wait(*queue));
  std::size_t count = 0;
  const auto* rows =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i)
    if (const auto error = rd_kafka_topic_result_error(rows[i]); error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return failed("the topic " + topic.name, error, rd_kafka_topic_result_error_string(rows[i]));
  return {};
}

}  // namespace florin::kafka
