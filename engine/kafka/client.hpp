// What producer, reader and topics have in common: where the brokers are, and librdkafka's objects with
// owners. The C library is used as it is, behind this room alone (docs/decisions/0012-librdkafka.md).
//
// A client's log lines go into Florin's log. Addresses and settings are named in errors, never a password.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/kafka/client_settings.hpp"

namespace florin::kafka {

using Deadline = std::chrono::steady_clock::time_point;

struct Connection {
  std::string brokers;  // HOST:PORT,HOST:PORT
  // Settings of librdkafka for TLS and passwords, such as security.protocol; they come last.
  std::vector<std::pair<std::string, std::string>> security{};
};

struct Partition {
  std::string topic;
  std::int32_t number = 0;
};
std::string to_string(const Partition& partition);  // "florin.journal/0", for errors

// What records carry beside their bytes, each a number in big-endian order: events the rank of their
// publisher, copied records of a journal the stamp that they had there.
inline constexpr const char* rank_header = "rank";
inline constexpr const char* stamp_header = "stamp";

struct Destroy {
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
  void operator()(rd_kafka_topic_t* topic) const { rd_kafka_topic_destroy(topic); }
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
  void operator()(rd_kafka_AdminOptions_t* options) const { rd_kafka_AdminOptions_destroy(options); }
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
  void operator()(rd_kafka_ConfigResource_t* resource) const { rd_kafka_ConfigResource_destroy(resource); }
  void operator()(const rd_kafka_metadata_t* found) const { rd_kafka_metadata_destroy(found); }
};
template <class T>
using Owned = std::unique_ptr<T, Destroy>;

// The settings of the table for that role. Errors: invalid_argument (names the setting that is refused).
Result<Owned<rd_kafka_conf_t>> make_conf(const Connection& connection, Role role);
Result<void> set(rd_kafka_conf_t& conf, std::string_view name, std::string_view value);
Result<Owned<rd_kafka_t>> make_client(Owned<rd_kafka_conf_t> conf, Role role);

// Errors and warnings that librdkafka has logged in this process, for metrics.
std::uint64_t client_errors();

Deadline deadline_in(std::chrono::milliseconds time);
int ms_until(Deadline deadline);  // 0 when it has passed; for librdkafka's timeouts

}  // namespace florin::kafka
