// Private to the room: how far an account's balance may go. A flag says "not at all beyond the other side"; a
// limit set by a command says how far, and stands in the flag's place. Pending money counts as spent, never
// as received.
#pragma once

#include "engine/ledger/state.hpp"

namespace florin::ledger {

// The most by which an account's debits, pending ones included, may exceed its posted credits; none = no
// bound.
std::optional<Amount> debit_balance_max(const AccountRow& account);
// The most by which its credits, pending ones included, may exceed its posted debits; none = no bound.
std::optional<Amount> credit_balance_max(const AccountRow& account);

// What can still be debited or credited; 2^128-1 where nothing bounds it.
Amount debits_available(const AccountRow& account);
Amount credits_available(const AccountRow& account);

// Does the account, as it stands, hold its limits?
bool within_debit_limit(const AccountRow& account);
bool within_credit_limit(const AccountRow& account);

}  // namespace florin::ledger
