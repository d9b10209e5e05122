// How events change the ledger's state. It cannot fail and holds no rule: a live run and a replay both pass
// through it.
#pragma once

#include "engine/ledger/state.hpp"
#include "schemas/events.hpp"

namespace florin::ledger {

// Events that are not the ledger's change nothing. The rows that the event names must be known (state.hpp).
void apply(State& state, const Event& event);

// True for failures that depend on the state of the moment: they take the transfer's id with them, so that a
// retry cannot have another outcome (TigerBeetle: "transient" codes).
bool burns_id(TransferStatus status);
bool burns_id(TransactionStatus status);

}  // namespace florin::ledger
