#include "engine/ledger/invariants.hpp"

#include "engine/ledger/limits.hpp"

namespace florin::ledger {
namespace {

std::string place(BookId book, LedgerId ledger) {
  return "book " + to_string(book) + ", ledger " + to_string(ledger) + ": ";
}
std::string place(InBook<AccountId> account) {
  return "book " + to_string(account.book) + ", account " + to_string(account.id) + ": ";
}

}  // namespace

Result<void> InvariantCheck::row(ByteView key, ByteView value) {
  if (const auto account_id = parse_account_key(key)) {
    const auto row = decode_account(*account_id, value);
    if (!row) return fail(damaged_row(key));
    account(*account_id, *row);
    return {};
  }
  if (const auto transfer_time = parse_transfer_key(key)) {
    const auto row = decode_transfer(*transfer_time, value);
    if (!row) return fail(damaged_row(key));
    pending_.transfer(transfer_time->book, *row);
    ids_.pair({IdTable::transfers, transfer_time->book, row->transfer.id.value, transfer_time->id});
    return {};
  }
  return other_row(key, value);
}

// Rows of the tables that only point at accounts and transfers.
Result<void> InvariantCheck::other_row(ByteView key, ByteView value) {
  State unused;
  FLORIN_TRY(load(unused, key, value));
  if (const auto expiry = parse_expiry_key(key)) pending_.expiry(*expiry);
  else if (const auto book = parse_marks_key(key)) ids_.marks(*book, *decode_marks(*book, value));
  else if (const auto pair = id_pair(key, value)) ids_.pair(*pair);
  return {};
}

void InvariantCheck::account(InBook<AccountId> key, const AccountRow& account) {
  const Balances& balances = account.balances;
  LedgerSums& sums = ledgers_[{key.book, account.ledger}];
  sums.debits_pending.add(balances.debits_pending);
  sums.debits_posted.add(balances.debits_posted);
  sums.credits_pending.add(balances.credits_pending);
  sums.credits_posted.add(balances.credits_posted);
  pending_.account(key, balances);
  ids_.pair({IdTable::accounts, key.book, key.id.value, account.timestamp});
  check_limits(key, account);
}

// Every limit that an account's row can hold has its line here.
void InvariantCheck::check_limits(InBook<AccountId> key, const AccountRow& account) {
  if (!within_debit_limit(account))
    limits_.add(place(key) + "its debits exceed its credits by more than its limit");
  if (!within_credit_limit(account))
    limits_.add(place(key) + "its credits exceed its debits by more than its limit");
}

Findings InvariantCheck::sums() const {
  Findings out;
  for (const auto& [ledger, sums] : ledgers_) {
    if (sums.debits_posted != sums.credits_posted)
      out.add(place(ledger.book, ledger.id) + "the sums of posted debits and credits differ");
    if (sums.debits_pending != sums.credits_pending)
      out.add(place(ledger.book, ledger.id) + "the sums of pending debits and credits differ");
  }
  return out;
}

std::vector<std::string> InvariantCheck::broken() const {
  std::vector<std::string> out;
  for (const Findings& findings : {sums(), pending_.findings(), limits_, ids_.findings()})
    out.insert(out.end(), findings.kept().begin(), findings.kept().end());
  return out;
}

}  // namespace florin::ledger
