// What the Kafka client is told by the settings: the brokers, and how they and we prove who we are.
#pragma once

#include <string_view>
#include <vector>

#include "deploy/florin/settings.hpp"
#include "engine/kafka/client.hpp"

namespace florin {

// The settings that a command takes as flags when it opens Kafka, and these others.
std::vector<std::string_view> with_kafka_settings(std::vector<std::string_view> others);

// Plain text where there is no kafka-ca; never with a password or a certificate. Errors: invalid_argument
// (names the setting), not_found, permission (a key that others may read), io.
Result<kafka::Connection> kafka_connection(const Settings& settings);

}  // namespace florin
