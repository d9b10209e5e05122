// The single-writer loop of a partition: fetch, decide and apply, publish, commit. Recovery is the same loop,
// from the position that the store holds; what it computes again are the same bytes, and readers drop what
// they have seen.
//
// Owner: one thread calls step(); any thread may ask status().
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "engine/journal/events.hpp"
#include "engine/journal/quarantine.hpp"
#include "engine/processor/machine.hpp"
#include "engine/store/store.hpp"

namespace florin::processor {

// Sealed bytes taken from the journal for one commit. Bounds the memory of a step.
inline constexpr std::size_t step_bytes_max = 8u << 20;

struct Ports {
  const Journal& journal;
  Store& store;
  EventSink& sink;
  const Envelope& envelope;
  Quarantine quarantine = {};               // records to pass over
  Rulesets rulesets = processor::rulesets;  // that this program knows
};

struct Status {
  Ordinal next_ordinal;
  Sequence next_sequence;
  Timestamp time;
  std::optional<Timestamp> next_due;  // of the first pending transfer that runs out of time
};

class Processor {
 public:
  // Loads the state and checks that the journal reaches at least as far. Errors: corrupt (a journal that ends
  // before the state, rows that do not follow their grammar), io.
  static Result<std::unique_ptr<Processor>> open(Ports ports, PartitionId partition);

  // Decides what the journal holds beyond the state, at most one commit of it; the number of records, 0 at
  // the head. What stands before a record that cannot be decided is committed first; the error is the next
  // step's. After an error the processor must not be used again: the process stops, and replay repairs.
  Result<std::size_t> step(std::size_t bytes_max = step_bytes_max);

  Status status() const;

 private:
  Processor(Ports ports, PartitionId partition)
      : ports_(std::move(ports)), partition_(partition), machine_(partition, ports_.rulesets) {}
  Result<void> load_start();
  // A record of which nothing is decided yet; `opened` is empty when it is passed over.
  struct Ready {
    const JournalRecord& record;
    std::optional<OpenedRecord> opened;
    Hash256 hash{};
  };

  Result<void> fetch(const OpenedRecord& record, Timestamp stamp);
  Result<Ready> prepare(const JournalRecord& record);
  Result<void> decide(Ready ready, StoreBatch& batch);
  Result<void> commit(StoreBatch& batch);
  void report();

  Ports ports_;
  PartitionId partition_;
  Machine machine_;
  mutable std::mutex mutex_;  // guards status_
  Status status_;
};

// State rows in the store stand under this prefix, so that events and indexes can share the column family.
inline constexpr std::uint8_t state_prefix = 's';
Bytes state_key(ByteView row_key);

}  // namespace florin::processor
