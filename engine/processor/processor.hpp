// The single-writer loop of a partition: take, decide and apply, publish, commit. Recovery is the same loop,
// from the position that the store holds; what it computes again are the same bytes, and readers drop what
// they have seen.
//
// Owner: one thread calls step() or follow(), or a pipeline calls the stages; any thread may ask status().
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "engine/journal/events.hpp"
#include "engine/journal/quarantine.hpp"
#include "engine/processor/machine.hpp"
#include "engine/store/packed_reader.hpp"

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
  Sequence stored;  // the events before it are in the stored state
  Timestamp time;
  std::optional<Timestamp> next_due;  // of the first pending transfer that runs out of time
};

// A record of the journal, opened where that can be.
struct Incoming {
  Ordinal ordinal;
  Timestamp stamp;
  std::size_t sealed_bytes = 0;
  Result<OpenedRecord> opened;  // or why it does not open
  bool passed_over = false;     // it is in quarantine: `opened` has its hash alone
};

// `place` names the record in errors. One in quarantine is passed over when its bytes are those that were put
// there.
Incoming open_incoming(const JournalRecord& record, PartitionId partition, const Envelope& envelope,
                       const Quarantine& quarantine, const std::string& place);

// Events that may be decided before their state is stored. A row that many of them change is stored once
// then; after a crash as many are decided again. Bounds the memory of what changed.
inline constexpr std::uint64_t deferred_events_max = 1u << 16;

// Whether the state is stored with the events of a commit, or with those of a later one.
enum class StateWrite { at_once, later };

// What one commit brings into the store, and where the engine stands then.
struct Decided {
  StoreBatch batch{};
  Status status{};
  std::size_t records = 0;
  bool state = false;  // whether the batch has state rows, which reads must wait for
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

  // A standby's step: decides what another engine has published the events of, compares them, and stores the
  // state without publishing. The number of records; 0 when nothing whole is there. Errors: as for step(),
  // and corrupt when the events differ from those that were published.
  Result<std::size_t> follow(const EventSource& published, std::size_t bytes_max = step_bytes_max);

  // The stages of a step. take() is for any thread; decide() for the engine's; commit() for one thread at a
  // time, in the order of the decisions.
  Result<std::vector<Incoming>> take(Ordinal from, std::size_t bytes_max) const;
  Result<Decided> decide(const std::vector<Incoming>& records, StateWrite state = StateWrite::at_once);
  // The state that decide() has deferred, as a commit of its own; none when it is all with the commits
  // before.
  std::optional<Decided> deferred();
  // Whether there is such state.
  bool defers() const { return stored_ != machine_.partition().next_sequence; }
  Result<void> commit(const Decided& decided);
  // Where decide() goes on. The engine's thread.
  Ordinal next_ordinal() const { return machine_.partition().next_ordinal; }
  // What decide() calls before it reads rows of these keys from the store: what it has handed out of them
  // must be committed then.
  using BeforeReading = std::function<Result<void>(const std::vector<Bytes>& keys)>;
  void before_reading(BeforeReading wait) { before_reading_ = std::move(wait); }

  Status status() const;  // of the last commit

 private:
  using Take = std::function<Result<void>(EventRecord, StoreBatch&)>;

  Processor(Ports ports, PartitionId partition)
      : ports_(std::move(ports)), partition_(partition), machine_(partition, ports_.rulesets) {}
  Result<void> load_start();
  Result<void> fetch(const OpenedRecord& record, Timestamp stamp);
  Result<void> prepare(const Incoming& record);
  Result<void> execute(const Incoming& record, const Take& take, StoreBatch& batch);
  Result<Decided> decide_all(const std::vector<Incoming>& records, StateWrite state, const Take& take);
  void add_state(Decided& decided);
  Status machine_status() const;
  void report(const Status& status);

  Ports ports_;
  PartitionId partition_;
  Machine machine_;
  Sequence stored_;  // of the state that was last added to a batch; each record has an event
  BeforeReading before_reading_ = [](const auto&) { return Result<void>(); };
  mutable std::mutex mutex_;  // guards status_
  Status status_;
};

// State rows in the store stand under this prefix, so that events and indexes can share the column family.
inline constexpr std::uint8_t state_prefix = 's';
Bytes state_key(ByteView row_key);

// The tables of the state whose rows are made in ascending order and hardly ever change: transfers and their
// ids.
std::vector<PackedTable> packed_tables();

}  // namespace florin::processor
