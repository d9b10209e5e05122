// Private to the room: the transfers that post a transaction. In each ledger, debits are matched with credits
// in the order of the postings, so n postings make at most n-1 transfers. An account stands on one side only,
// so whatever the order, an account goes only one way, and a limit that holds for the whole transaction holds
// for each of them.
#pragma once

#include "engine/ledger/state.hpp"

namespace florin::ledger {

struct Leg {
  Transfer transfer;
  std::uint32_t debit_posting = 0, credit_posting = 0;  // indexes of the postings that it is part of
};

// Of a transaction whose postings balance in each ledger and name it.
std::vector<Leg> legs_of(const Transaction& transaction);

// What is left to take back, as the postings of a reversal.
std::vector<Posting> left_to_reverse(const TransactionRow& original);

// How state keeps a transaction.
TransactionRow row_of(const Transaction& transaction);
Hash256 hash_of(const Metadata& metadata);  // zero when there is none

inline PostingSide other(PostingSide side) {
  return side == PostingSide::debit ? PostingSide::credit : PostingSide::debit;
}

}  // namespace florin::ledger
