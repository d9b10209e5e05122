// librdkafka's own broker in memory, for errors that a real one gives only by chance. It stamps no record and
// keeps nothing, so it proves nothing else.
#pragma once

#include <doctest/doctest.h>
#include <librdkafka/rdkafka_mock.h>

#include <vector>

#include "engine/kafka/client.hpp"

namespace florin::test {

class KafkaMock {
 public:
  KafkaMock()
      : client_(kafka::make_client(*kafka::make_conf({.brokers = ""}, kafka::Role::admin), kafka::Role::admin)
                    .value()),
        cluster_(rd_kafka_mock_cluster_new(client_.get(), 1)) {
    REQUIRE(rd_kafka_mock_topic_create(cluster_, topic, 1, 1) == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  ~KafkaMock() { rd_kafka_mock_cluster_destroy(cluster_); }
  KafkaMock(const KafkaMock&) = delete;
  KafkaMock& operator=(const KafkaMock&) = delete;

  kafka::Connection connection() const { return {.brokers = rd_kafka_mock_cluster_bootstraps(cluster_)}; }
  static kafka::Partition partition() { return {topic, 0}; }

  // The next answers to records that are sent.
  void answer_with(const std::vector<rd_kafka_resp_err_t>& errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, produce_request, errors.size(), errors.data());
  }
  void set_down() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void set_up() { rd_kafka_mock_broker_set_up(cluster_, 1); }

 private:
  static constexpr const char* topic = "mock.journal";
  static constexpr std::int16_t produce_request = 0;  // its number in Kafka's protocol

  kafka::Owned<rd_kafka_t> client_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace florin::test
