#include "engine/kafka/client.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <thread>

#include "engine/telemetry/log.hpp"

namespace florin::kafka {
namespace {

constexpr std::size_t reason_bytes_max = 512;  // of librdkafka's own texts
constexpr std::chrono::milliseconds settle_max{2'000}, settle_step{50};
constexpr int log_level_warning = 4;  // of syslog(3), which librdkafka uses

bool uses(Role role, UsedBy used_by) {
  return used_by == UsedBy::all || (used_by == UsedBy::producer && role == Role::producer) ||
         (used_by == UsedBy::reader && role == Role::reader);
}

void write_log(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  log::write(level < log_level_warning ? log::Level::warn : log::Level::info, "kafka_client",
             {{"client", rd_kafka_name(client)}, {"facility", facility}, {"text", text}});
}

}  // namespace

std::string to_string(const Partition& partition) {
  return partition.topic + "/" + std::to_string(partition.number);
}

Result<void> set(rd_kafka_conf_t& conf, std::string_view name, std::string_view value) {
  std::array<char, reason_bytes_max> reason{};
  if (rd_kafka_conf_set(&conf, std::string(name).c_str(), std::string(value).c_str(), reason.data(),
                        reason.size()) == RD_KAFKA_CONF_OK)
    return {};
  return fail(Errc::invalid_argument,
              "the Kafka client refuses the setting " + std::string(name) + ": " + reason.data());
}

Result<Owned<rd_kafka_conf_t>> make_conf(const Connection& connection, Role role) {
  Owned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  FLORIN_TRY(set(*conf, "bootstrap.servers", connection.brokers));
  FLORIN_TRY(set(*conf, "log_level", std::to_string(log_level_warning)));
  for (const ClientSetting& setting : client_settings())
    if (uses(role, setting.used_by)) FLORIN_TRY(set(*conf, setting.name, setting.value));
  for (const auto& [name, value] : connection.security) FLORIN_TRY(set(*conf, name, value));
  rd_kafka_conf_set_log_cb(conf.get(), write_log);
  return conf;
}

Result<Owned<rd_kafka_t>> make_client(Owned<rd_kafka_conf_t> conf, Role role) {
  std::array<char, reason_bytes_max> reason{};
  rd_kafka_t* client = rd_kafka_new(role == Role::reader ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf.get(),
                                    reason.data(), reason.size());
  if (client == nullptr)
    return fail(Errc::invalid_argument, std::string("the Kafka client did not start: ") + reason.data());
  static_cast<void>(conf.release());  // the client's from here on
  return Owned<rd_kafka_t>(client);
}

namespace {

// Why there is no such partition, or nothing where there is one.
Result<std::optional<std::string>> why_missing(rd_kafka_t& client, const Connection& connection,
                                               const Partition& partition, Deadline deadline) {
  const Owned<rd_kafka_topic_t> topic(rd_kafka_topic_new(&client, partition.topic.c_str(), nullptr));
  const rd_kafka_metadata_t* found = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(&client, 0, topic.get(), &found, std::max(1, ms_until(deadline)));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(Errc::io, "no Kafka broker answers at " + connection.brokers + " (" +
                              rd_kafka_err2str(error) + "); start it, or name another one");
  const rd_kafka_metadata_topic_t& row = found->topics[0];
  std::optional<std::string> reason;
  if (row.err != RD_KAFKA_RESP_ERR_NO_ERROR) reason = rd_kafka_err2str(row.err);
  else if (partition.number >= row.partition_cnt)
    reason = "it has " + std::to_string(row.partition_cnt) + " partitions";
  rd_kafka_metadata_destroy(found);
  return reason;
}

}  // namespace

// A topic that was just made is not known to every broker yet.
Result<void> check_partition(rd_kafka_t& client, const Connection& connection, const Partition& partition,
                             Deadline deadline) {
  const Deadline settled = std::min(deadline, std::chrono::steady_clock::now() + settle_max);
  while (true) {
    FLORIN_TRY_ASSIGN(const auto reason, why_missing(client, connection, partition, deadline));
    if (!reason) return {};
    if (std::chrono::steady_clock::now() >= settled)
      return fail(Errc::not_found, "the brokers at " + connection.brokers + " have no partition " +
                                       to_string(partition) + " (" + *reason +
                                       "); `florin topics create` makes it");
    std::this_thread::sleep_for(settle_step);
  }
}

int ms_until(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

}  // namespace florin::kafka
