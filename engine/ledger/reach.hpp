// Which ledgers an item touches that it does not name itself: for grants. The rows must have been loaded.
#pragma once

#include "engine/ledger/state.hpp"

namespace florin::ledger {

// A post or void that leaves its ledger out takes the pending transfer's; postings, metadata and limits are
// of the ledgers of their accounts. Once each, ascending; none for what does not exist.
std::vector<LedgerId> ledgers_reached(const State& state, BookId book, const Transfer& transfer);
std::vector<LedgerId> ledgers_reached(const State& state, BookId book, const BulkItem& item);

}  // namespace florin::ledger
