// One real Kafka broker for a test program, on free ports, with its data in a temporary folder. It is started
// when the first test asks for it and ends with the program, however that ends.
#pragma once

#include <map>
#include <string>

#include "engine/kafka/client.hpp"

namespace florin::test {

// Whether there is what a broker needs; where there is not, prints the line that reports the test as skipped.
bool kafka_available();

const kafka::Connection& kafka_connection();

// A new topic with Florin's settings for one broker, of its own for each call.
kafka::Partition new_kafka_topic(const std::map<std::string, std::string>& other_settings = {});

// Stops the broker's process and lets it go on, as a machine that hangs.
class KafkaPause {
 public:
  KafkaPause();
  ~KafkaPause();
  KafkaPause(const KafkaPause&) = delete;
  KafkaPause& operator=(const KafkaPause&) = delete;
};

}  // namespace florin::test
