// The port to the journal: the totally ordered, append-only sequence of sealed command records of one
// partition.
//
// One appender thread; any number of readers. What append() has returned is durable. After disk_full,
// overloaded and invalid_argument nothing of the group was or will be written, and the next append may be
// tried. After any other error the journal accepts nothing more (Errc::stopped) until it is opened again, or
// reopened: an append in doubt is decided by what is found then.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <vector>

#include "engine/base/result.hpp"
#include "schemas/ids.hpp"

namespace florin {

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr std::size_t append_group_records_max = 64;  // records in one call of append()
// Of their sealed bytes: a broker takes a group as one batch.
inline constexpr std::size_t append_group_bytes_max = 16u << 20;

struct JournalRecord {
  Ordinal ordinal;
  // When the journal accepted it. Never less than the stamp before; on a broker it may be, when another one
  // with a slower clock leads.
  Timestamp stamp;
  Bytes sealed;
};

struct Appended {
  Ordinal first;    // the group's records have consecutive ordinals from here
  Timestamp stamp;  // of every record of the group
};

class Journal {
 public:
  virtual ~Journal() = default;

  // Appends the records as one group with one durable write. All or nothing: after an error none of them was
  // acknowledged. Errors: io, disk_full, overloaded (no broker takes it now), deadline (in doubt),
  // invalid_argument (empty or over the limits), stopped.
  virtual Result<Appended> append(std::span<const Bytes> sealed_records) = 0;

  // After an append in doubt (Errc::deadline): takes appends again, where the journal can. What was in doubt
  // may still arrive behind later records, so the appender goes on in a new epoch, which fences it. Errors:
  // overloaded (not now; try again), stopped (this journal has to be opened again). The appender's thread.
  virtual Result<void> reopen() { return fail(Errc::stopped, "this journal has to be opened again"); }

  // Records from `from` on, in order, at least one when from < head(), at most `bytes_max` of sealed bytes
  // beyond the first; empty at the head. Errors: corrupt (names the ordinal), io, invalid_argument (from >
  // head()).
  virtual Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t bytes_max) const = 0;

  virtual Ordinal head() const = 0;  // of the next record: the number of durable records

  // Blocks until head() > ordinal, the deadline or stop(); true when there is something to read.
  virtual bool wait_beyond(Ordinal ordinal, Deadline deadline) const = 0;
  virtual void stop() = 0;  // wakes all waiters for good; append() then gives Errc::stopped
};

// What every adapter refuses in the same words. Errors: invalid_argument.
Result<void> check_group(std::span<const Bytes> sealed_records);
Result<void> check_read_from(Ordinal from, Ordinal head);

// Gives every record that the journal has now, in order. Errors: those of read(), and of `visit`.
Result<void> each_record(const Journal& journal,
                         const std::function<Result<void>(const JournalRecord& record)>& visit);

}  // namespace florin
