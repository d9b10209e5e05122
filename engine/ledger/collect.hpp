// Private to the room: how the rows that commands need are asked for.
#pragma once

#include "engine/ledger/ladder.hpp"

namespace florin::ledger {

// Adds the row to `fetch` where memory does not know it; true when it did.
template <class Table, class Key>
bool want(const Table& table, const Key& key, std::vector<Key>& fetch) {
  if (table.known(key)) return false;
  fetch.push_back(key);
  return true;
}

// The same for the id of a transfer. With ids that ascend in time nearly all are greater than any before, so
// the book's marks are asked for first, and the id itself when they are known.
bool want_id(BookId book, TransferId id, const State& state, Fetch& fetch);

// The transfer behind an id, where that much is loaded; adds the transfer's row where it is not. `added`
// tells.
const TransferRow* follow(const State& state, InBook<TransferId> id, Fetch& fetch, bool& added);

void collect_item(BookId book, const Account& account, const State& state, Fetch& fetch);
void collect_item(BookId book, const Transfer& transfer, const State& state, Fetch& fetch);
bool reach_item(BookId book, const Transfer& transfer, const State& state, Fetch& fetch);

}  // namespace florin::ledger
