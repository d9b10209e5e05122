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
  if (recording_) undo_.emplace_back(expiry, !open);
  changed_[expiry] = open;
  if (open) open_.insert(expiry);
  else open_.erase(expiry);
}

void ExpiryQueue::begin() {
  FLORIN_ASSERT(!recording_ && undo_.empty());
  recording_ = true;
}

void ExpiryQueue::keep() {
  recording_ = false;
  undo_.clear();
}

void ExpiryQueue::rollback() {
  FLORIN_ASSERT(recording_);
  recording_ = false;
  for (auto it = undo_.rbegin(); it != undo_.rend(); ++it) set(it->first, it->second);
  undo_.clear();
}

void State::begin_chain() {
  accounts.begin();
  transfer_ids.begin();
  transfers.begin();
  account_times.begin();
  marks.begin();
  expiries.begin();
}

void State::keep() {
  accounts.keep();
  transfer_ids.keep();
  transfers.keep();
  account_times.keep();
  marks.keep();
  expiries.keep();
}

void State::rollback() {
  accounts.rollback();
  transfer_ids.rollback();
  transfers.rollback();
  account_times.rollback();
  marks.rollback();
  expiries.rollback();
}

const TransferRow* State::find_transfer(InBook<TransferId> id) const {
  const TransferIdRow* row = transfer_ids.find(id);
  if (row == nullptr || row->burnt()) return nullptr;
  const TransferRow* transfer = transfers.find({id.book, row->transfer});
  FLORIN_ASSERT(transfer != nullptr && transfer->transfer.id == id.id);
  return transfer;
}

Expiry expiry_of(BookId book, const Transfer& pending) {
  FLORIN_ASSERT(pending.timeout != 0);
  return {{pending.timestamp.value + pending.timeout * ns_per_s}, book, pending.timestamp};
}

}  // namespace florin::ledger
