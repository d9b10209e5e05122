// What the engine knows of its partition as a whole: how far it has come, which key and ruleset are in force,
// and which appenders may write. One canonical state row (docs/formats/state.md). PURE.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/base/result.hpp"
#include "schemas/ids.hpp"

namespace florin::processor {

struct Appender {
  Ordinal epoch;              // ordinal of its newest `open_appender` record
  std::uint64_t counter = 0;  // of its last record
  Hash256 hash{};             // of its last record's sealed bytes
  Ordinal last;               // of its last record
};

inline constexpr std::size_t appenders_max = 1024;

struct Partition {
  std::uint32_t ruleset = 0;  // 0 before the genesis
  KeyId key;                  // data key in force: the one that event records are sealed under
  Ordinal next_ordinal;       // of the first record not yet decided
  Sequence next_sequence{1};  // of the next event
  Timestamp time;             // engine time of the last event
  Hash256 last_event_record{};
  std::map<AppenderId, Appender> appenders;
  std::vector<Ordinal> quarantined;  // records that were passed over, ascending
};

inline constexpr std::uint8_t row_partition = '!';

Bytes encode(const Partition& partition);
Result<Partition> decode_partition(ByteView bytes);  // Errc::format

}  // namespace florin::processor
