#include "engine/ledger/apply.hpp"

namespace florin::ledger {
namespace {

void update_account(State& state, InBook<AccountId> key, const AccountAfter& after) {
  const Account* before = state.accounts.find(key);
  FLORIN_ASSERT(before != nullptr);
  Account account = *before;
  account.balances = after.balances;
  account.flags = after.flags;
  state.accounts.put(key, account);
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

void fold(State& state, BookId book, const AccountCreated& event) {
  const Account& account = event.account;
  BookMarks marks = marks_of(state, book);
  FLORIN_ASSERT(account.timestamp > marks.last_account);
  marks.last_account = account.timestamp;
  state.marks.put(book, marks);
  state.accounts.put({book, account.id}, account);
  // A timestamp past the mark was never taken, so the store needs no asking.
  state.account_times.load({book, account.timestamp}, std::nullopt);
  state.account_times.put({book, account.timestamp}, account.id);
}

void fold(State& state, BookId book, const TransferCreated& event) {
  const Transfer& transfer = event.transfer;
  BookMarks marks = marks_of(state, book);
  FLORIN_ASSERT(transfer.timestamp > marks.last_transfer);
  marks.last_transfer = transfer.timestamp;
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
  if (burns_id(event.status)) state.transfer_ids.put({book, event.id}, {});
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
