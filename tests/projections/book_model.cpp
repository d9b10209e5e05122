#include "tests/projections/book_model.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace florin::test {

using projections::HistoryFilter;
using projections::Side;
using projections::TransferState;

namespace {

AccountAfter after(const Account& account) { return {account.balances, account.flags}; }

template <class Value>
bool among(const std::vector<Value>& wanted, const Value& value) {
  return wanted.empty() || std::count(wanted.begin(), wanted.end(), value) > 0;
}

bool passes(const BookModel::Entry& entry, AccountId account, const HistoryFilter& filter) {
  const Transfer& transfer = entry.transfer;
  const auto& wanted = filter.transfer;
  const bool debit = transfer.debit_account_id == account && filter.side != Side::credit;
  const bool credit = transfer.credit_account_id == account && filter.side != Side::debit;
  return (debit || credit) && among(wanted.codes, transfer.code) &&
         among(wanted.user_data_128, transfer.user_data_128) &&
         among(wanted.user_data_64, transfer.user_data_64) &&
         among(wanted.user_data_32, transfer.user_data_32) && among(wanted.states, entry.state) &&
         transfer.amount >= wanted.amount_min && transfer.amount <= wanted.amount_max &&
         transfer.timestamp >= filter.timestamp_min && transfer.timestamp <= filter.timestamp_max;
}

}  // namespace

Event BookModel::open_account(AccountId id, LedgerId ledger, std::uint16_t code, std::uint16_t flags) {
  return open(id, ledger, code, flags, tick());
}

Event BookModel::import_account(AccountId id, LedgerId ledger, std::uint16_t code, Timestamp at,
                                std::uint16_t flags) {
  tick();
  return open(id, ledger, code, flags | account_flags::imported, at);
}

Event BookModel::open(AccountId id, LedgerId ledger, std::uint16_t code, unsigned flags, Timestamp at) {
  Account account;
  account.id = id;
  account.ledger = ledger;
  account.code = code;
  account.flags = static_cast<std::uint16_t>(flags);
  account.user_data_64 = static_cast<std::uint64_t>(id.value) * 7;
  account.timestamp = at;
  accounts_[id] = account;
  return event(AccountCreated{account});
}

Event BookModel::transfer(Transfer transfer) {
  const Timestamp time = tick();
  if ((transfer.flags & transfer_flags::imported) == 0) transfer.timestamp = time;
  const auto before = accounts_;
  if (transfer.pending_id.value != 0) settle(transfer);
  Account& debit = accounts_.at(transfer.debit_account_id);
  Account& credit = accounts_.at(transfer.credit_account_id);
  transfer.ledger = debit.ledger;
  const bool pends = (transfer.flags & transfer_flags::pending) != 0;
  if (pends) {
    debit.balances.debits_pending.value += transfer.amount.value;
    credit.balances.credits_pending.value += transfer.amount.value;
  } else if ((transfer.flags & transfer_flags::void_pending_transfer) == 0) {
    debit.balances.debits_posted.value += transfer.amount.value;
    credit.balances.credits_posted.value += transfer.amount.value;
  }
  if ((transfer.flags & transfer_flags::closing_debit) != 0) debit.flags |= account_flags::closed;
  if ((transfer.flags & transfer_flags::closing_credit) != 0) credit.flags |= account_flags::closed;
  change(debit.id, transfer.timestamp, before.at(debit.id));
  change(credit.id, transfer.timestamp, before.at(credit.id));
  const TransferState state = pends ? TransferState::pending : TransferState::posted;
  entries_.push_back({transfer, state, after(debit), after(credit)});
  return event(TransferCreated{transfer, after(debit), after(credit)});
}

Event BookModel::expire(TransferId pending_id) {
  Entry& entry = find(pending_id);
  const auto before = accounts_;
  release(entry, TransferState::expired);
  const Timestamp time = tick();
  const Transfer& transfer = entry.transfer;
  const Account& debit = accounts_.at(transfer.debit_account_id);
  const Account& credit = accounts_.at(transfer.credit_account_id);
  change(debit.id, time, before.at(debit.id));
  change(credit.id, time, before.at(credit.id));
  return event(TransferExpired{transfer.id, debit.id, credit.id, transfer.amount, debit.ledger, after(debit),
                               after(credit), transfer.flags});
}

Event BookModel::random(std::mt19937_64& dice) {
  const auto roll = [&](std::uint64_t sides) { return dice() % sides; };
  const std::uint64_t count = accounts_.size();
  if (count < 4 || roll(20) == 0) {
    const std::uint16_t flags = roll(2) == 0 ? account_flags::history : std::uint16_t{0};
    return open_account({count + 1}, {1}, static_cast<std::uint16_t>(1 + roll(3)), flags);
  }
  Transfer made;
  made.id.value = entries_.size() * 2654435761u + 1;
  made.code = static_cast<std::uint16_t>(1 + roll(3));
  made.user_data_128 = roll(3);
  made.user_data_64 = roll(3);
  made.user_data_32 = static_cast<std::uint32_t>(roll(3));
  const auto open = pending();
  const std::uint64_t kind = roll(10);
  if (!open.empty() && kind < 4) {
    made.pending_id = open[roll(open.size())];
    if (kind == 0) return expire(made.pending_id);
    const u128 amount = find(made.pending_id).transfer.amount.value;
    made.amount.value = kind == 3 ? amount / 2 : amount;
    made.flags = kind == 1 ? transfer_flags::void_pending_transfer : transfer_flags::post_pending_transfer;
    return transfer(made);
  }
  const std::uint64_t debit = roll(count), other = roll(count - 1);
  made.debit_account_id.value = 1 + debit;
  made.credit_account_id.value = 1 + (debit + 1 + other) % count;
  made.amount.value = 1 + roll(1000);
  if (kind > 6) made.flags = transfer_flags::pending;
  return transfer(made);
}

std::vector<TransferId> BookModel::pending() const {
  std::vector<TransferId> found;
  for (const Entry& entry : entries_)
    if (entry.state == TransferState::pending) found.push_back(entry.transfer.id);
  return found;
}

std::vector<BookModel::Entry> BookModel::matching(AccountId account, const HistoryFilter& filter) const {
  std::vector<Entry> found;
  for (const Entry& entry : entries_)
    if (passes(entry, account, filter)) found.push_back(entry);
  if (filter.descending) std::reverse(found.begin(), found.end());
  return found;
}

BookModel::Entry& BookModel::find(TransferId id) {
  const auto it = std::find_if(entries_.begin(), entries_.end(),
                               [&](const Entry& entry) { return entry.transfer.id == id; });
  FLORIN_ASSERT(it != entries_.end());
  return *it;
}

void BookModel::release(Entry& entry, TransferState state) {
  entry.state = state;
  const Transfer& transfer = entry.transfer;
  Account& debit = accounts_.at(transfer.debit_account_id);
  Account& credit = accounts_.at(transfer.credit_account_id);
  debit.balances.debits_pending.value -= transfer.amount.value;
  credit.balances.credits_pending.value -= transfer.amount.value;
  constexpr auto open = static_cast<std::uint16_t>(~account_flags::closed);
  if ((transfer.flags & transfer_flags::closing_debit) != 0) debit.flags &= open;
  if ((transfer.flags & transfer_flags::closing_credit) != 0) credit.flags &= open;
}

void BookModel::change(AccountId id, Timestamp at, const Account& before) {
  const Account& now = accounts_.at(id);
  const auto closed = [](const Account& account) {
    return (account.flags & account_flags::closed) != 0 ? 1 : 0;
  };
  moves_.push_back({at, id, before.balances, now.balances, closed(now) - closed(before)});
}

std::optional<projections::BalancesAt> BookModel::balances_at(AccountId account, Timestamp at) const {
  std::optional<projections::BalancesAt> found;
  int closed = 0;
  for (const Move& move : moves_) {
    if (move.account != account || move.at > at) continue;
    if (!found) found.emplace();
    Balances& sum = *found->balances;  // modulo 2^128: on the way it may be below zero
    sum.debits_pending.value += move.after.debits_pending.value - move.before.debits_pending.value;
    sum.debits_posted.value += move.after.debits_posted.value - move.before.debits_posted.value;
    sum.credits_pending.value += move.after.credits_pending.value - move.before.credits_pending.value;
    sum.credits_posted.value += move.after.credits_posted.value - move.before.credits_posted.value;
    closed += move.closes;
    found->closed = closed > 0;
  }
  return found;
}

void BookModel::settle(Transfer& transfer) {
  Entry& pending = find(transfer.pending_id);
  const bool posts = (transfer.flags & transfer_flags::post_pending_transfer) != 0;
  release(pending, posts ? TransferState::posted : TransferState::voided);
  transfer.debit_account_id = pending.transfer.debit_account_id;
  transfer.credit_account_id = pending.transfer.credit_account_id;
  if (!posts) transfer.amount = pending.transfer.amount;
}

}  // namespace florin::test
