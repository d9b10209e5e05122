// Reads one partition in order from an offset on, without a consumer group: who reads keeps its position.
// Every record has the offset that is expected and a stamp of the broker; anything else is an error. A
// compacted topic has gaps where records were superseded: there the offset is that one or a later one.
//
// One thread at a time.
#pragma once

#include <optional>

#include "engine/base/bytes.hpp"
#include "engine/kafka/client.hpp"
#include "schemas/ids.hpp"

namespace florin::kafka {

// A record as it came; the bytes live as long as it does.
class Message {
 public:
  explicit Message(Owned<rd_kafka_message_t> message) : message_(std::move(message)) {}

  std::uint64_t offset() const { return static_cast<std::uint64_t>(message_->offset); }
  ByteView value() const { return {static_cast<const std::uint8_t*>(message_->payload), message_->len}; }
  bool tombstone() const { return message_->payload == nullptr; }
  ByteView key() const { return {static_cast<const std::uint8_t*>(message_->key), message_->key_len}; }
  std::optional<Timestamp> stamp() const;   // of the broker; none when a producer has stamped it
  ByteView header(const char* name) const;  // empty when it has none of that name
  template <class Int>
  std::optional<Int> number(const char* name) const;  // of a header; none when it has none of that size

 private:
  Owned<rd_kafka_message_t> message_;
};

template <class Int>
std::optional<Int> Message::number(const char* name) const {
  const ByteView bytes = header(name);
  if (bytes.size() != sizeof(Int)) return std::nullopt;
  Int number = 0;
  for (const std::uint8_t byte : bytes) number = static_cast<Int>(number << 8 | byte);
  return number;
}

// What a reader is for: to follow the end, or to jump to and fro. A jump waits for the request that is under
// way, so such a reader never leaves one waiting for long at the end.
enum class Reads : std::uint8_t { the_end, anywhere };

// Which offsets a topic has.
enum class Offsets : std::uint8_t { dense, compacted };

class Reader {
 public:
  // Asks whether the partition is there. Errors: not_found, io, permission (brokers refuse this client),
  // invalid_argument.
  static Result<std::unique_ptr<Reader>> open(const Connection& connection, Partition partition,
                                              Deadline deadline, Reads reads = Reads::the_end,
                                              Offsets offsets = Offsets::dense);
  ~Reader();

  // The offset of the next record that will be appended. Ends what was being read. Errors: io (no answer
  // until the deadline).
  Result<std::uint64_t> find_end(Deadline deadline);

  // What next() gives begins at that offset. Errors: io.
  Result<void> start(std::uint64_t offset);
  void stop();  // reads nothing ahead any more, until it is started again

  // The next record, or nothing at the deadline, and at the end of a compacted topic. While brokers are away
  // it waits for them. Errors: corrupt (the broker does not have it, has another one in its place, or its
  // bytes were changed), not_found (the topic is gone), invalid_argument (the topic's records are not stamped
  // by the broker). After one it must be started again.
  Result<std::optional<Message>> next(Deadline deadline);

  // Every record before this offset that the topic still has was given.
  std::uint64_t position() const { return expected_; }

  // Where the records end that all replicas in sync have, by the newest answer of the broker; never inside a
  // batch. Nothing before the first one.
  std::optional<std::uint64_t> end() const;

 private:
  Reader(Partition partition, Offsets offsets) : partition_(std::move(partition)), offsets_(offsets) {}
  Result<void> start_at(std::int64_t offset);
  Owned<rd_kafka_message_t> poll(Deadline deadline);
  Result<void> judge(const rd_kafka_message_t& failure) const;
  Result<Message> accept(Owned<rd_kafka_message_t> message);

  const Partition partition_;
  const Offsets offsets_;
  Owned<rd_kafka_t> client_{};
  Owned<rd_kafka_topic_t> topic_{};
  bool running_ = false;
  std::uint64_t expected_ = 0;
};

}  // namespace florin::kafka
