#include "engine/ledger/apply.hpp"
#include "engine/ledger/ladder.hpp"

namespace florin::ledger {
namespace {

EventBody expired(const State& state, const Expiry& expiry) {
  const TransferRow* row = state.transfers.find({expiry.book, expiry.transfer});
  FLORIN_ASSERT(row != nullptr && row->status == PendingStatus::pending);
  const Transfer& pending = row->transfer;
  const Account* debit = state.accounts.find({expiry.book, pending.debit_account_id});
  const Account* credit = state.accounts.find({expiry.book, pending.credit_account_id});
  FLORIN_ASSERT(debit != nullptr && credit != nullptr);
  return TransferExpired{
      pending.id,     pending.debit_account_id,        pending.credit_account_id,         pending.amount,
      pending.ledger, released_debit(pending, *debit), released_credit(pending, *credit), pending.flags};
}

}  // namespace

std::size_t expire(State& state, EngineTime& time, std::size_t max, std::vector<Event>& out) {
  // What falls due while these events take their time was not asked of the store: the next record releases
  // it.
  const Timestamp now = time.peek();
  std::size_t count = 0;
  while (count < max && !state.expiries.open().empty()) {
    const Expiry expiry = *state.expiries.open().begin();
    if (expiry.due > now) break;
    Event event{time.next(), expiry.book, 0, expired(state, expiry)};
    apply(state, event);
    out.push_back(std::move(event));
    ++count;
  }
  return count;
}

std::optional<Timestamp> next_due(const State& state) {
  if (state.expiries.open().empty()) return std::nullopt;
  return state.expiries.open().begin()->due;
}

}  // namespace florin::ledger
