// Engine time: the time of the log, unique and ascending over the events of a partition.
#pragma once

#include <algorithm>

#include "schemas/ids.hpp"

namespace florin::ledger {

inline constexpr std::uint64_t ns_per_s = 1'000'000'000;
// Ledger timestamps are 1 to 2^63-1, as in TigerBeetle.
inline constexpr std::uint64_t timestamp_min = 1;
inline constexpr std::uint64_t timestamp_max = (std::uint64_t{1} << 63) - 1;

// Owner: the processor, which sets the stamp of each record. One thread.
class EngineTime {
 public:
  explicit EngineTime(Timestamp previous = {}) : previous_(previous) {}

  void set_stamp(Timestamp stamp) {
    stamp_ = stamp;
  }  // of the record that is decided now; may lie before earlier ones
  Timestamp previous() const { return previous_; }  // of the last event; 0 before the first
  Timestamp peek() const { return {std::max(previous_.value + 1, stamp_.value)}; }  // what next() will give
  Timestamp next() { return previous_ = peek(); }

 private:
  Timestamp previous_;
  Timestamp stamp_;
};

}  // namespace florin::ledger
