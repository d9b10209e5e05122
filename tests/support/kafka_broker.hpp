// Real Kafka brokers for a test program, on free ports, with their data in a temporary folder. They end with
// the program, however that ends.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/kafka/topics.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::test {

// Whether there is what a broker needs; where there is not, prints the line that reports the test as skipped.
bool kafka_available();

// TLS that wants client certificates, and a password as well; or neither.
enum class Listens : std::uint8_t { plain, tls };

class KafkaCluster {
 public:
  // Other settings of the brokers: NAME=VALUE.
  explicit KafkaCluster(int brokers, std::vector<std::string> settings = {},
                        Listens listens = Listens::plain);
  ~KafkaCluster();
  KafkaCluster(const KafkaCluster&) = delete;
  KafkaCluster& operator=(const KafkaCluster&) = delete;

  const kafka::Connection& connection() const { return connection_; }
  // A new topic with Florin's settings for as many replicas as there are brokers, of its own for each call.
  kafka::Partition new_topic(const std::map<std::string, std::string>& other_settings = {});
  kafka::Partition new_keyring_topic(const std::map<std::string, std::string>& other_settings = {});
  int leader(const kafka::Partition& partition) const;  // the number of a broker, from 1 on
  void signal(int broker, int number) const;            // to its process
  std::filesystem::path data(int broker) const;         // where it keeps the partitions

 private:
  void spawn(int input, int output);
  kafka::Partition make(kafka::Topic topic, const std::map<std::string, std::string>& other_settings);

  const int brokers_;
  const std::vector<std::string> settings_;
  const Listens listens_;
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
kafka::Partition new_keyring_topic(const std::map<std::string, std::string>& other_settings = {});

// What is superseded in a topic of a keyring is compacted as soon as the broker's cleaner comes by.
inline const std::map<std::string, std::string> fast_compaction{
    {"segment.ms", "500"}, {"max.compaction.lag.ms", "500"}, {"file.delete.delay.ms", "0"}};

// Stops that broker's process and lets it go on, as a machine that hangs.
class KafkaPause {
 public:
  KafkaPause();
  ~KafkaPause();
  KafkaPause(const KafkaPause&) = delete;
  KafkaPause& operator=(const KafkaPause&) = delete;
};

}  // namespace florin::test
