#include "engine/ledger/pending_check.hpp"

namespace florin::ledger {
namespace {

std::string hold_at(BookId book, Timestamp timestamp) {
  return "book " + to_string(book) + ", pending transfer of " + to_string(timestamp) + ": ";
}

}  // namespace

PendingCheck::Held* PendingCheck::held(InBook<AccountId> account) {
  if (!mine(account)) return nullptr;
  ++entries_;
  return complete() ? &held_[account] : nullptr;
}

void PendingCheck::account(InBook<AccountId> key, const Balances& balances) {
  if (balances.debits_pending == Amount{} && balances.credits_pending == Amount{}) return;
  if (Held* const found = held(key)) *found = {balances.debits_pending.value, balances.credits_pending.value};
}

void PendingCheck::transfer(BookId book, const TransferRow& row) {
  const Transfer& transfer = row.transfer;
  if (row.status != PendingStatus::pending) return;
  if (Held* const found = held({book, transfer.debit_account_id})) found->debits -= transfer.amount.value;
  if (Held* const found = held({book, transfer.credit_account_id})) found->credits -= transfer.amount.value;
  if (transfer.timeout == 0 || !mine(InBook<Timestamp>{book, transfer.timestamp})) return;
  ++entries_;
  if (complete()) expiries_.insert(expiry_of(book, transfer));
}

void PendingCheck::expiry(const Expiry& expiry) {
  if (!complete() || !mine(InBook<Timestamp>{expiry.book, expiry.transfer})) return;
  if (expiries_.erase(expiry) == 0)
    unexpected_.add(hold_at(expiry.book, expiry.transfer) +
                    "it is queued to expire, but is not open or has another due time");
}

// Half full on average, so that hardly one of them is over the bound again.
std::vector<CheckPart> PendingCheck::smaller_parts() const {
  const auto count = static_cast<std::uint32_t>(2 * entries_ / tracked_max_ + 2);
  std::vector<CheckPart> parts;
  for (std::uint32_t i = 0; i < count; ++i) parts.push_back({part_.index + i * part_.of, part_.of * count});
  return parts;
}

Findings PendingCheck::findings() const {
  Findings out = unexpected_;
  for (const auto& [account, held] : held_)
    if (held.debits != 0 || held.credits != 0)
      out.add("book " + to_string(account.book) + ", account " + to_string(account.id) +
              ": what it has pending is not the sum of its open pending transfers");
  for (const Expiry& expiry : expiries_)
    out.add(hold_at(expiry.book, expiry.transfer) + "it has a timeout, but is not queued to expire");
  return out;
}

}  // namespace florin::ledger
