// Private to the room: the items of a bulk that TigerBeetle does not have. Each call makes the item's events,
// already applied: one, or for a transaction that is created one and as many as it has legs.
#pragma once

#include "engine/ledger/ladder.hpp"

namespace florin::ledger {

void create_transaction(State& state, const Context& context, const Transaction& sent,
                        std::vector<Event>& out);
void set_metadata(State& state, const Context& context, const SetMetadata& sent, std::vector<Event>& out);
void set_limits(State& state, const Context& context, const SetLimits& sent, std::vector<Event>& out);

}  // namespace florin::ledger
