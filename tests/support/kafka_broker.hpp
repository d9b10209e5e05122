// Real Kafka brokers for a test program, on free ports, with their data in a temporary folder. They end with
// the program, however that ends.
#pragma once

#include <map>
#include <string>

#include "engine/kafka/client.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::test {

// Whether there is what a broker needs; where there is not, prints the line that reports the test as skipped.
bool kafka_available();

class KafkaCluster {
 public:
  explicit KafkaCluster(int brokers);
  ~KafkaCluster();
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  const kafka::Connection& connection() const { return connection_; }
  // A new topic with Florin's settings for as many replicas as there are brokers, of its own for each call.
  kafka::Partition new_topic(const std::map<std::string, std::string>& other_settings = {});
  int leader(const kafka::Partition& partition) const;  // the number of a broker, from 1 on
  void signal(int broker, int number) const;            // to its process

 private:
  void spawn(int input, int output);

  const int brokers_;
  TemporaryFolder folder_{};
  kafka::Connection connection_{};
  int starter_ = 0;  // the program that starts the brokers, and ends them when its standard input does
  int input_ = -1;   // the other end of that
  int topics_ = 0;
};

// One broker that the tests of a program share; started when the first of them asks for it.
KafkaCluster& kafka_broker();
const kafka::Connection& kafka_connection();
kafka::Partition new_kafka_topic(const std::map<std::string, std::string>& other_settings = {});

// Stops that broker's process and lets it go on, as a machine that hangs.
class KafkaPause {
 public:
  KafkaPause();
  ~KafkaPause();
  KafkaPause(const KafkaPause&) = delete;
  KafkaPause& operator=(const KafkaPause&) = delete;
};

}  // namespace florin::test
