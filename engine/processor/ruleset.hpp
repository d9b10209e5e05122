// The rulesets: what decisions and the bytes of events depend on beside the journal and the state. A record
// of the journal puts one in force (activate_ruleset), from the next record on; what a released ruleset says
// never changes again. A new one is a new row here, and code that asks for its fields or its number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "schemas/events.hpp"

namespace florin::processor {

struct Ruleset {
  std::uint32_t number = 0;  // from 1, ascending
  // Pending transfers released at the start of a record. A record holds a full batch of transfers or more;
  // where half of them are holds that expire, releases keep up.
  std::size_t expiries_per_record_max = 0;
  // A record's events are split where the plain payload would pass this; at most
  // florin::event_payload_bytes_max.
  std::size_t event_payload_bytes_max = 0;
};

using Rulesets = std::span<const Ruleset>;

inline constexpr Ruleset rulesets[] = {{1, 4096, florin::event_payload_bytes_max}};
inline constexpr std::uint32_t newest_ruleset = std::size(rulesets);  // new journals begin with it
static_assert(rulesets[newest_ruleset - 1].number == newest_ruleset);

}  // namespace florin::processor
