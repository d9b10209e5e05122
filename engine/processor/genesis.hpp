// Record 0 of a new journal: format, ruleset, partition and the first data key.
#pragma once

#include "engine/envelope/envelope.hpp"
#include "engine/journal/journal.hpp"
#include "engine/keyring/keyring.hpp"

namespace florin::processor {

// Appends the genesis to an empty journal; does nothing to any other. All who find the journal empty at once
// write the same bytes, and all but the first are skipped as duplicates: the key is the oldest data key, and
// the record's send time is when that was made. Errors: those of keyring, envelope and journal.
Result<void> write_genesis(Journal& journal, const Keyring& keyring, const Envelope& envelope,
                           PartitionId partition);

}  // namespace florin::processor
