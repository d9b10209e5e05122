#include "engine/ledger/state.hpp"

#include "engine/ledger/engine_time.hpp"

namespace florin::ledger {

void ExpiryQueue::insert(const Expiry& expiry) {
  FLORIN_ASSERT(!open_.contains(expiry));
  set(expiry, true);
}

void ExpiryQueue::erase(const Expiry& expiry) {
  FLORIN_ASSERT(open_.contains(expiry));
  set(expiry, false);
}

void ExpiryQueue::set(const Expiry& expiry, bool open) {
  if (!savepoints_.empty()) undo_.emplace_back(expiry, !open);
  mark(expiry, open);
}

void ExpiryQueue::mark(const Expiry& expiry, bool open) {
  changed_[expiry] = open;
  if (open) open_.insert(expiry);
  else open_.erase(expiry);
}

void ExpiryQueue::keep() {
  FLORIN_ASSERT(!savepoints_.empty());
  savepoints_.pop_back();
  if (savepoints_.empty()) undo_.clear();
}

void ExpiryQueue::rollback() {
  FLORIN_ASSERT(!savepoints_.empty());
  for (; undo_.size() > savepoints_.back(); undo_.pop_back()) mark(undo_.back().first, undo_.back().second);
  savepoints_.pop_back();
}

void State::begin() {
  each_table([](auto& table) { table.begin(); });
}
void State::keep() {
  each_table([](auto& table) { table.keep(); });
}
void State::rollback() {
  each_table([](auto& table) { table.rollback(); });
}

const TransferRow* State::find_transfer(InBook<TransferId> id) const {
  const TransferIdRow* row = transfer_ids.find(id);
  if (row == nullptr || row->burnt()) return nullptr;
  const TransferRow* transfer = transfers.find({id.book, row->transfer});
  FLORIN_ASSERT(transfer != nullptr && transfer->transfer.id == id.id);
  return transfer;
}

const TransactionRow* State::find_transaction(InBook<TransactionId> id) const {
  const TransactionRow* row = transactions.find(id);
  return row == nullptr || row->burnt() ? nullptr : row;
}

Expiry expiry_of(BookId book, const Transfer& pending) {
  FLORIN_ASSERT(pending.timeout != 0);
  return {{pending.timestamp.value + pending.timeout * ns_per_s}, book, pending.timestamp};
}

}  // namespace florin::ledger
