// The ports to published events: the sink that the engine writes, the source that everyone reads.
#pragma once

#include <vector>

#include "engine/journal/journal.hpp"
#include "engine/store/store.hpp"
#include "schemas/events.hpp"

namespace florin {

// An event record ready to be published: its sealed bytes, and the same opened, for readers in the same
// process.
struct EventRecord {
  Bytes sealed;
  EventBatchPtr batch;
};

// The order of calls: stage() for each record and end_group() for each commit, by the engine's thread; then,
// for the group that ended first, publish(), the write of its `batch` to the store, and settled(), by the
// thread that commits. Stored state never runs ahead of what is published.
class EventSink {
 public:
  virtual ~EventSink() = default;
  // The next record in sequence. Embedded: adds its row to `batch`. Errors: format (not the next in the
  // chain), corrupt (published before, with other bytes).
  virtual Result<void> stage(EventRecord record, StoreBatch& batch) = 0;
  virtual void end_group() = 0;
  // All records of the group are with the broker; embedded: nothing, the commit publishes.
  virtual Result<void> publish() = 0;
  virtual void settled() = 0;  // the commit is done; embedded: readers may see the group
};

// Any thread.
class EventSource {
 public:
  virtual ~EventSource() = default;
  // Event records from the one that contains sequence `from` on, in order, at least one when from < next(),
  // at most about `bytes_max` of sealed bytes beyond the first; empty at the end. Errors: corrupt, format,
  // key_missing, io.
  virtual Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const = 0;
  virtual Sequence next() const = 0;  // the sequence after the last published event; 1 when there is none
  // Blocks until next() > sequence, the deadline or stop(); true when there is something to read.
  virtual bool wait_beyond(Sequence sequence, Deadline deadline) const = 0;
  virtual void stop() = 0;  // wakes all waiters for good
};

}  // namespace florin
