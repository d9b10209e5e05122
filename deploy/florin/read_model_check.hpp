// Does the read model of balances say what the engine's state says, account by account, with its limits, and
// in the sums of the trial balance? The two are never at the same position while commands come, so the state
// of the snapshot is taken on by the events between them: events carry the balances after, and nothing is
// decided here.
#pragma once

#include "engine/replay/state_check.hpp"
#include "projections/balances.hpp"

namespace florin {

// Events between the snapshot and the read model; their accounts are kept in memory.
inline constexpr std::uint64_t events_between_max = 1'000'000;

struct ReadModelReport {
  Findings findings;
  std::uint64_t accounts = 0;  // compared
};

// `snapshot` holds the events before `next`, and `model` at least as many. `go_on` gets the number of
// accounts compared. What is wrong with the read model is a finding. Errors: those of the snapshot, of
// `events` and of `go_on`; overloaded when the read model is more than events_between_max ahead.
Result<ReadModelReport> check_balances(const StoreReader& snapshot, Sequence next,
                                       projections::BalancesWalk& model, const EventSource& events,
                                       const replay::GoOn& go_on);

}  // namespace florin
