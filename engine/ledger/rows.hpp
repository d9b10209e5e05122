// The ledger's state and the store: what to read before a decision and what to write after it. The bytes are
// described in engine/ledger/row_codec.hpp.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/row_change.hpp"
#include "engine/ledger/row_codec.hpp"

namespace florin::ledger {

// The keys of all rows of a fetch, sorted and each once.
std::vector<Bytes> keys(const Fetch& fetch);

// Takes note of the ids that no row can have.
void learn(State& state, const Fetch& fetch);

// The store's answer for one key; none = there is no such row. Errc::corrupt when key or value say anything
// but one row.
Result<void> load(State& state, ByteView key, std::optional<ByteView> value);

// The rows that must be loaded at start, before anything is decided: first <= key < last. The rest is loaded
// by fetches.
struct KeyRange {
  Bytes first, last;
};
KeyRange start_rows();
// All rows of the ledger, for digests and checks.
KeyRange all_rows();

// Everything that changed since the last settle(), sorted by key. To be stored in one write; then settle().
void changes(State& state, const RowSink& sink);
void settle(State& state);

// What to tell when a row is damaged: Errc::corrupt, and the key in hexadecimal.
Error damaged_row(ByteView key);

}  // namespace florin::ledger
