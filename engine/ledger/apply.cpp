#include "engine/ledger/apply.hpp"

#include <algorithm>
#include <map>

#include "engine/ledger/legs.hpp"

namespace florin::ledger {
namespace {

void update_account(State& state, InBook<AccountId> key, const AccountAfter& after) {
  AccountRow& account = state.accounts.edit(key);
  account.balances = after.balances;
  account.flags = after.flags;
}

// A pending transfer is over: posted, voided or expired.
void end_pending(State& state, InBook<TransferId> id, PendingStatus status) {
  const TransferRow* before = state.find_transfer(id);
  FLORIN_ASSERT(before != nullptr && before->status == PendingStatus::pending);
  TransferRow row = *before;
  row.status = status;
  if (row.transfer.timeout != 0) state.expiries.erase(expiry_of(id.book, row.transfer));
  state.transfers.put({id.book, row.transfer.timestamp}, row);
}

BookMarks marks_of(const State& state, BookId book) {
  const BookMarks* marks = state.marks.find(book);
  return marks == nullptr ? BookMarks{} : *marks;
}

void take_id(BookMarks& marks, TransferId id) {
  if (!is_leg(id)) marks.greatest_transfer_id = std::max(marks.greatest_transfer_id, id);
}

void fold(State& state, BookId book, const AccountCreated& event) {
  const Account& account = event.account;
  BookMarks marks = marks_of(state, book);
  FLORIN_ASSERT(account.timestamp > marks.last_account);
  marks.last_account = account.timestamp;
  state.marks.put(book, marks);
  state.accounts.put({book, account.id}, AccountRow(account));
  // A timestamp past the mark was never taken, so the store needs no asking.
  state.account_times.load({book, account.timestamp}, std::nullopt);
  state.account_times.put({book, account.timestamp}, account.id);
}

void fold(State& state, BookId book, const TransferCreated& event) {
  const Transfer& transfer = event.transfer;
  BookMarks marks = marks_of(state, book);
  FLORIN_ASSERT(transfer.timestamp > marks.last_transfer);
  marks.last_transfer = transfer.timestamp;
  take_id(marks, transfer.id);
  state.marks.put(book, marks);
  state.transfer_ids.put({book, transfer.id}, {transfer.timestamp});

  const bool pending = (transfer.flags & transfer_flags::pending) != 0;
  state.transfers.load({book, transfer.timestamp}, std::nullopt);
  state.transfers.put({book, transfer.timestamp},
                      {transfer, pending ? PendingStatus::pending : PendingStatus::none});
  if (transfer.timeout != 0) state.expiries.insert(expiry_of(book, transfer));
  if (transfer.pending_id.value != 0) {
    const bool posts = (transfer.flags & transfer_flags::post_pending_transfer) != 0;
    end_pending(state, {book, transfer.pending_id}, posts ? PendingStatus::posted : PendingStatus::voided);
  }

  update_account(state, {book, transfer.debit_account_id}, event.debit);
  update_account(state, {book, transfer.credit_account_id}, event.credit);
}

void fold(State& state, BookId book, const TransferRefused& event) {
  if (!burns_id(event.status)) return;
  BookMarks marks = marks_of(state, book);
  take_id(marks, event.id);
  state.marks.put(book, marks);
  state.transfer_ids.put({book, event.id}, {});
}

// Takes an amount back from lines of the other side of its account, the first ones first.
void take_back(TransactionRow& original, const Posting& posting) {
  Amount left = posting.amount;
  for (auto& [line, reversed] : original.lines) {
    if (line.account != posting.account || line.side == posting.side) continue;
    const Amount taken = min(left, Amount{line.amount.value - reversed.value});
    reversed.value += taken.value;
    left.value -= taken.value;
  }
  FLORIN_ASSERT(left == Amount{});
}

void fold(State& state, BookId book, const TransactionCreated& event) {
  const Transaction& transaction = event.transaction;
  BookMarks marks = marks_of(state, book);
  FLORIN_ASSERT(transaction.timestamp > marks.last_transfer);
  marks.last_transfer = transaction.timestamp;
  state.marks.put(book, marks);
  state.transactions.put({book, transaction.id}, row_of(transaction));
  if (transaction.reversal_of.value != 0) {
    const InBook<TransactionId> key{book, transaction.reversal_of};
    TransactionRow original = *state.transactions.find(key);
    for (const Posting& posting : transaction.postings) take_back(original, posting);
    state.transactions.put(key, std::move(original));
  }
  if (transaction.metadata.empty()) return;
  // What did not exist had no metadata, so the store needs no asking.
  const InBook<Target> target{book, {TargetKind::transaction, transaction.id.value}};
  state.metadata.load(target, std::nullopt);
  state.metadata.put(target, transaction.metadata);
}

void fold(State& state, BookId book, const TransactionRefused& event) {
  if (burns_id(event.status)) state.transactions.put({book, event.id}, {});
}

void fold(State& state, BookId book, const MetadataSet& event) {
  const InBook<Target> target{book, event.target};
  const Metadata* before = state.metadata.find(target);
  std::map<std::string, std::string> after;
  if (before != nullptr) after.insert(before->begin(), before->end());
  for (const auto& change : event.changes) {
    if (change.after) after[change.key] = *change.after;
    else after.erase(change.key);
  }
  if (after.empty()) state.metadata.erase(target);
  else state.metadata.put(target, Metadata(after.begin(), after.end()));
}

void fold(State& state, BookId book, const LimitsSet& event) {
  state.accounts.edit({book, event.id}).limits = event.limits;
}

void fold(State& state, BookId book, const TransferExpired& event) {
  end_pending(state, {book, event.id}, PendingStatus::expired);
  update_account(state, {book, event.debit_account_id}, event.debit);
  update_account(state, {book, event.credit_account_id}, event.credit);
}

template <class OfOthers>
void fold(State&, BookId, const OfOthers&) {}

}  // namespace

void apply(State& state, const Event& event) {
  std::visit([&](const auto& body) { fold(state, event.book, body); }, event.body);
}

bool burns_id(TransactionStatus status) {
  switch (status) {
    case TransactionStatus::reversed_transaction_not_found:
    case TransactionStatus::account_not_found:
    case TransactionStatus::account_already_closed:
    case TransactionStatus::exceeds_credits:
    case TransactionStatus::exceeds_debits: return true;
    default: return false;
  }
}

bool burns_id(TransferStatus status) {
  switch (status) {
    case TransferStatus::debit_account_not_found:
    case TransferStatus::credit_account_not_found:
    case TransferStatus::pending_transfer_not_found:
    case TransferStatus::debit_account_already_closed:
    case TransferStatus::credit_account_already_closed:
    case TransferStatus::exceeds_credits:
    case TransferStatus::exceeds_debits: return true;
    default: return false;
  }
}

}  // namespace florin::ledger
