#include "engine/kafka/client.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "engine/telemetry/log.hpp"

namespace florin::kafka {
namespace {

constexpr std::size_t reason_bytes_max = 512;  // of librdkafka's own texts
constexpr int log_level_warning = 4;           // of syslog(3), which librdkafka uses

bool uses(Role role, UsedBy used_by) {
  return used_by == UsedBy::all || (used_by == UsedBy::producer && role == Role::producer) ||
         (used_by == UsedBy::reader && role == Role::reader);
}

std::atomic<std::uint64_t> errors{0};

void write_log(const rd_kafka_t* client, int level, const char* facility, const char* text) {
  if (level < log_level_warning) ++errors;
  log::write(level < log_level_warning ? log::Level::warn : log::Level::info, "kafka_client",
             {{"client", rd_kafka_name(client)}, {"facility", facility}, {"text", text}});
}

}  // namespace

std::uint64_t client_errors() { return errors; }

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

Deadline deadline_in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

int ms_until(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

}  // namespace florin::kafka
