// The journal on Apache Kafka: one partition of a topic, whose offsets are the ordinals. A group is one
// batch, acknowledged when every replica in sync has it; the stamp is the broker's LogAppendTime. Threads and
// errors as in the port. Several gateways may append, each through a journal of its own.
//
// An append in doubt (Errc::deadline) is never guessed: the journal accepts nothing more until reopen(), and
// a request that has left may still arrive.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/journal/journal.hpp"
#include "engine/journal/kafka_cursors.hpp"
#include "engine/journal/record_tail.hpp"
#include "engine/journal/watermark.hpp"
#include "engine/kafka/producer.hpp"

namespace florin {

struct KafkaJournalOptions {
  std::size_t tail_bytes_max = 64u << 20;  // of the newest records, kept in memory for readers
  std::size_t cursors_max = 2;             // places in old records that are read at once
  std::chrono::milliseconds append_timeout = kafka::send_timeout_default;
  std::chrono::milliseconds read_timeout{10'000};
};

class KafkaJournal final : public Journal {
 public:
  // Finds the head, and that the first record is still there. Errors: not_found (the topic), io (no broker
  // answers), permission (they refuse this client), corrupt (records were deleted), invalid_argument.
  static Result<std::unique_ptr<KafkaJournal>> open(const kafka::Connection& connection,
                                                    const kafka::Partition& partition,
                                                    KafkaJournalOptions options = {});
  ~KafkaJournal() override;

  Result<Appended> append(std::span<const Bytes> sealed_records) override;
  Result<void> reopen() override;
  // Appends the records of another journal, whose ordinals are the next ones here, with their stamps beside
  // them. Nobody else may append meanwhile. Errors: as for append(), and corrupt (somebody else did).
  Result<void> append_copied(std::span<const JournalRecord> records);
  Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t bytes_max) const override;
  Ordinal head() const override { return {head_.value()}; }
  bool wait_beyond(Ordinal ordinal, Deadline deadline) const override {
    return head_.wait_beyond(ordinal.value, deadline);
  }
  void stop() override { head_.stop(); }

 private:
  KafkaJournal(const kafka::Connection& connection, const kafka::Partition& partition,
               KafkaJournalOptions options, std::uint64_t head);
  Result<void> open_producer(kafka::Deadline deadline);
  Result<kafka::Delivered> send(std::span<const kafka::Outgoing> records);
  void follow();
  void break_off(Error error);
  void raise_head(std::uint64_t end);
  Result<void> follower_lives() const;

  const kafka::Connection connection_;
  const kafka::Partition partition_;
  const KafkaJournalOptions options_;

  // The appender's thread only. After a group that no broker took there is no producer until the next append.
  std::unique_ptr<kafka::Producer> producer_{};
  std::string failure_{};  // why nothing more is accepted; empty while all is well

  mutable KafkaCursors cursors_;
  RecordTail tail_;
  Watermark head_;
  Watermark followed_;  // records before it are in the tail, or were

  mutable std::mutex mutex_;
  std::optional<Error> broken_{};  // why nothing more is read; guarded by mutex_, as raising head_ is

  // The follower's thread.
  std::unique_ptr<kafka::Reader> reader_{};
  std::atomic<bool> closing_{false};
  std::thread follower_{};
};

}  // namespace florin
