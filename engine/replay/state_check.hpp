// The whole-book invariants over a snapshot of an engine's store, while the engine goes on.
#pragma once

#include <functional>

#include "engine/base/findings.hpp"
#include "engine/ledger/pending_check.hpp"
#include "engine/processor/digest.hpp"

namespace florin::replay {

// Called now and then with how much is done. An error ends the check, which gives it to its caller.
using GoOn = std::function<Result<void>(std::uint64_t done)>;

struct StateReport {
  processor::StateDigest digest;  // and with it the position that all of this is true at
  Findings rows;                  // that do not follow their grammar; what they say is not known further down
  Findings sums, pending, limits, ids;  // engine/ledger/invariants.hpp
};

// Reads all state rows once, and again only for what is broken or more than `tracked_max`. `go_on` gets the
// number of rows read. Errors: those of the store and of `go_on`; format for the one row that tells the
// position.
Result<StateReport> check_state(const StoreReader& snapshot, const GoOn& go_on,
                                std::size_t tracked_max = ledger::pending_tracked_max);

}  // namespace florin::replay
