// Where a reader of events stands, and the one rule by which it goes on: it takes the record that begins with
// the next sequence and names the record before it by hash, drops what it has already applied, and halts on
// everything else. Pure: no I/O, no threads.
#pragma once

#include "engine/base/result.hpp"
#include "schemas/events.hpp"

namespace florin::projections {

// The last event record that was applied: its last sequence, and the hash of its sealed bytes. Sequence 0:
// none.
struct Tail {
  Sequence position;
  Hash256 hash{};
  Sequence next() const { return {position.value + 1}; }
  friend bool operator==(const Tail&, const Tail&) = default;
};

enum class Step { apply, drop };

// What to do with a record. Errors: corrupt for a gap and for another chain; both name the sequences.
Result<Step> next_step(const Tail& tail, const EventBatch& record);

// Is `record` the one that `tail` was taken from? Errors: corrupt when it is not.
Result<void> check_same(const Tail& tail, const EventBatch& record);

Tail tail_after(const EventBatch& record);

// The row that every read model keeps beside its own, written in the same batch.
struct PositionRow {
  std::uint32_t schema = 0;
  Tail tail;
};
Bytes position_key();
Bytes encode(const PositionRow& row);
Result<PositionRow> decode_position(ByteView value);  // Errc::corrupt

}  // namespace florin::projections
