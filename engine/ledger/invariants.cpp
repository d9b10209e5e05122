#include "engine/ledger/invariants.hpp"

namespace florin::ledger {
namespace {

std::string place(BookId book, LedgerId ledger) {
  return "book " + to_string(book) + ", ledger " + to_string(ledger) + ": ";
}
std::string place(InBook<AccountId> account) {
  return "book " + to_string(account.book) + ", account " + to_string(account.id) + ": ";
}

bool has(std::uint16_t flags, std::uint16_t flag) { return (flags & flag) != 0; }

// More on the limited side than there is on the other: pending and posted amounts count, and may be near
// 2^128 each.
bool over(Amount pending, Amount posted, Amount limit) {
  const auto sum = checked_add(pending, posted);
  return !sum || *sum > limit;
}

}  // namespace

Result<void> InvariantCheck::row(ByteView key, ByteView value) {
  if (const auto account_id = parse_account_key(key)) {
    const auto row = decode_account(*account_id, value);
    if (!row) return fail(damaged_row(key));
    account(*account_id, *row);
  } else if (const auto transfer_time = parse_transfer_key(key)) {
    const auto row = decode_transfer(*transfer_time, value);
    if (!row) return fail(damaged_row(key));
    transfer(transfer_time->book, *row);
  } else if (const auto expiry = parse_expiry_key(key)) {
    if (expiries_.erase(*expiry) == 0)
      found_.push_back("book " + to_string(expiry->book) + ", pending transfer of " +
                       to_string(expiry->transfer) +
                       ": it is queued to expire, but is not open or has another due time");
  } else {
    State unused;
    return load(unused, key, value);
  }
  return {};
}

void InvariantCheck::account(InBook<AccountId> key, const Account& account) {
  const Balances& balances = account.balances;
  LedgerSums& sums = ledgers_[{key.book, account.ledger}];
  sums.debits_pending.add(balances.debits_pending);
  sums.debits_posted.add(balances.debits_posted);
  sums.credits_pending.add(balances.credits_pending);
  sums.credits_posted.add(balances.credits_posted);
  if (balances.debits_pending != Amount{} || balances.credits_pending != Amount{})
    held_[key] = {balances.debits_pending.value, balances.credits_pending.value};
  if (has(account.flags, account_flags::debits_must_not_exceed_credits) &&
      over(balances.debits_pending, balances.debits_posted, balances.credits_posted))
    found_.push_back(place(key) + "its debits exceed its credits");
  if (has(account.flags, account_flags::credits_must_not_exceed_debits) &&
      over(balances.credits_pending, balances.credits_posted, balances.debits_posted))
    found_.push_back(place(key) + "its credits exceed its debits");
}

void InvariantCheck::transfer(BookId book, const TransferRow& row) {
  const Transfer& transfer = row.transfer;
  if (row.status != PendingStatus::pending) return;
  held_[{book, transfer.debit_account_id}].debits -= transfer.amount.value;
  held_[{book, transfer.credit_account_id}].credits -= transfer.amount.value;
  if (transfer.timeout != 0) expiries_.insert(expiry_of(book, transfer));
}

std::vector<std::string> InvariantCheck::broken() const {
  std::vector<std::string> out = found_;
  for (const auto& [ledger, sums] : ledgers_) {
    if (sums.debits_posted != sums.credits_posted)
      out.push_back(place(ledger.book, ledger.id) + "the sums of posted debits and credits differ");
    if (sums.debits_pending != sums.credits_pending)
      out.push_back(place(ledger.book, ledger.id) + "the sums of pending debits and credits differ");
  }
  for (const auto& [account, held] : held_)
    if (held.debits != 0 || held.credits != 0)
      out.push_back(place(account) + "what it has pending is not the sum of its open pending transfers");
  for (const Expiry& expiry : expiries_)
    out.push_back("book " + to_string(expiry.book) + ", pending transfer of " + to_string(expiry.transfer) +
                  ": it has a timeout, but is not queued to expire");
  return out;
}

}  // namespace florin::ledger
