// Records that nobody can open and that an operator has told the engine to pass over. The list is an input of
// the engine beside the journal, so everyone who replays the journal must load the same one: it is a file of
// the data folder, a signed note (docs/formats/quarantine.md).
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/keyring/keyring.hpp"
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

// The list at `file`; empty when there is none. Errors: corrupt (no signature of an operator key, or a text
// that does not follow its grammar), key_missing, io, invalid_argument (the list of another partition).
Result<Quarantine> read_quarantine(const std::filesystem::path& file, PartitionId partition,
                                   const Keyring& keyring);

// Signs the list with the newest operator key, and puts it in the place of the old one, durably. Errors:
// key_missing, io, disk_full, invalid_argument (a reason or a number of records over its limit).
Result<void> write_quarantine(const std::filesystem::path& file, PartitionId partition,
                              const Quarantine& quarantine, const Keyring& keyring);

}  // namespace florin
