// The records of a keyring's topic as they are, for tests.
#pragma once

#include <doctest/doctest.h>

#include "engine/kafka/producer.hpp"
#include "engine/keyring/kafka_keyring.hpp"
#include "tests/support/kafka_broker.hpp"

namespace florin::test {

inline kafka::Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(20); }

inline std::vector<TopicRecord> records_of(const kafka::Partition& topic,
                                           const kafka::Connection& connection = kafka_connection()) {
  const auto reader =
      kafka::Reader::open(connection, topic, soon(), kafka::Reads::anywhere, kafka::Offsets::compacted)
          .value();
  const std::uint64_t end = reader->find_end(soon()).value();
  REQUIRE(reader->start(0));
  std::vector<TopicRecord> records;
  const auto text = [](ByteView bytes) { return std::string(bytes.begin(), bytes.end()); };
  const auto read = read_to(*reader, end, soon(), [&](const kafka::Message& message) -> Result<void> {
    CHECK(message.tombstone() == message.value().empty());
    records.push_back({text(message.key()), text(message.value())});
    return {};
  });
  REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
  return records;
}

// As a process would that ended in the middle, or that has not heard yet.
inline void append_to(const kafka::Partition& topic, const TopicRecord& record) {
  const auto producer = kafka::Producer::open(kafka_connection(), topic, soon()).value();
  const kafka::Outgoing outgoing{.value = record.value.empty() ? ByteView{} : as_bytes(record.value),
                                 .key = as_bytes(record.name)};
  REQUIRE(producer->send({&outgoing, 1}));
}

inline std::unique_ptr<KafkaKeyring> open_keyring(const kafka::Partition& topic, const SecretKey& kek,
                                                  std::optional<SecretKey> before = std::nullopt,
                                                  KafkaKeyringOptions options = {}) {
  auto keyring = KafkaKeyring::open(kafka_connection(), topic, {kek.clone(), std::move(before)}, options);
  REQUIRE_MESSAGE(keyring, (keyring ? "" : keyring.error().message));
  return *std::move(keyring);
}

}  // namespace florin::test
