// The order that event records must keep: gapless sequences, and each record naming the hash of the one
// before. Owned by the engine's thread.
#pragma once

#include <optional>

#include "engine/base/result.hpp"
#include "schemas/events.hpp"

namespace florin {

struct EventChain {
  Sequence next{1};                       // that the next record must start with
  Hash256 last_hash{};                    // of the last record's sealed bytes; zero before the first
  std::optional<Ordinal> last_ordinal{};  // of the command record that the last record answers

  enum class Place {
    next,    // follows the last record
    before,  // starts before the end: it was seen, or there is a fork
  };
  // Errors: format (a gap, another hash before it, or a count that is not that of its events).
  Result<Place> place(const EventBatch& batch) const;

  void advance(const EventBatch& batch);
};

// The answer to a record that is staged again, given the hash that its place holds, if any. Errors: corrupt
// (a fork).
Result<void> check_staged_again(const EventBatch& batch, const std::optional<Hash256>& known);

}  // namespace florin
