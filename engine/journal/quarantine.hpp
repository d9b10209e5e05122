// Records that nobody can open and that an operator has told the engine to pass over. The list is an input of
// the engine beside the journal, so everyone who replays the journal must load the same one: it is a file of
// the data folder.
#pragma once

#include <map>
#include <string>

#include "engine/base/hash.hpp"
#include "schemas/ids.hpp"

namespace florin {

inline constexpr std::size_t quarantined_max = 1024;             // records of a partition
inline constexpr std::size_t quarantine_reason_bytes_max = 200;  // printable ASCII

struct Quarantined {
  Hash256 hash{};     // BLAKE2b-256 of the sealed bytes as they were found
  Timestamp decided;  // by the operator's clock
  std::string reason;
  friend bool operator==(const Quarantined&, const Quarantined&) = default;
};

using Quarantine = std::map<Ordinal, Quarantined>;

}  // namespace florin
