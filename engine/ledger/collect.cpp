// Which rows a command needs. A row too many costs a read; a row too few stops the process
// (engine/base/table.hpp).
#include "engine/ledger/collect.hpp"

namespace florin::ledger {
namespace {

bool want_accounts(BookId book, const Transfer& pending, const State& state, Fetch& fetch) {
  const bool debit = want(state.accounts, InBook<AccountId>{book, pending.debit_account_id}, fetch.accounts);
  const bool credit =
      want(state.accounts, InBook<AccountId>{book, pending.credit_account_id}, fetch.accounts);
  return debit || credit;
}

}  // namespace

bool want_id(BookId book, TransferId id, const State& state, Fetch& fetch) {
  const InBook<TransferId> key{book, id};
  if (state.transfer_ids.known(key)) return false;
  if (!is_leg(id)) {
    if (!state.marks.known(book)) {
      if (fetch.marks.empty() || fetch.marks.back() != book) fetch.marks.push_back(book);
      return true;
    }
    const BookMarks* marks = state.marks.find(book);
    if (marks == nullptr || id > marks->greatest_transfer_id) {
      fetch.new_transfer_ids.push_back(key);
      return false;
    }
  }
  fetch.transfer_ids.push_back(key);
  return true;
}

const TransferRow* follow(const State& state, InBook<TransferId> id, Fetch& fetch, bool& added) {
  if (!state.transfer_ids.known(id)) return nullptr;
  const TransferIdRow* row = state.transfer_ids.find(id);
  if (row == nullptr || row->burnt()) return nullptr;
  const InBook<Timestamp> key{id.book, row->transfer};
  if (want(state.transfers, key, fetch.transfers)) {
    added = true;
    return nullptr;
  }
  return state.transfers.find(key);
}

void collect(BookId book, const CreateAccounts& command, const State& state, Fetch& fetch) {
  want(state.marks, book, fetch.marks);
  for (const Account& account : command.accounts) collect_item(book, account, state, fetch);
}

void collect_item(BookId book, const Account& account, const State& state, Fetch& fetch) {
  want(state.accounts, InBook<AccountId>{book, account.id}, fetch.accounts);
  if (has(account.flags, account_flags::imported))
    want(state.transfers, InBook<Timestamp>{book, account.timestamp}, fetch.transfers);
}

void collect(BookId book, const CreateTransfers& command, const State& state, Fetch& fetch) {
  want(state.marks, book, fetch.marks);
  for (const Transfer& transfer : command.transfers) collect_item(book, transfer, state, fetch);
}

void collect_item(BookId book, const Transfer& transfer, const State& state, Fetch& fetch) {
  want_id(book, transfer.id, state, fetch);
  if (settles_pending(transfer)) want_id(book, transfer.pending_id, state, fetch);
  else want_accounts(book, transfer, state, fetch);
  if (has(transfer.flags, transfer_flags::imported))
    want(state.account_times, InBook<Timestamp>{book, transfer.timestamp}, fetch.account_times);
}

bool reach(BookId book, const CreateTransfers& command, const State& state, Fetch& fetch) {
  bool added = false;
  for (const Transfer& transfer : command.transfers)
    added = reach_item(book, transfer, state, fetch) || added;
  return added;
}

bool reach_item(BookId book, const Transfer& transfer, const State& state, Fetch& fetch) {
  bool added = false;
  follow(state, {book, transfer.id}, fetch, added);
  if (!settles_pending(transfer)) return added;
  const TransferRow* pending = follow(state, {book, transfer.pending_id}, fetch, added);
  if (pending != nullptr) added = want_accounts(book, pending->transfer, state, fetch) || added;
  return added;
}

bool collect_expiries(const State& state, Timestamp now, std::size_t max, Fetch& fetch) {
  bool added = false;
  for (const Expiry& expiry : state.expiries.open()) {
    if (expiry.due > now || max-- == 0) break;
    const InBook<Timestamp> key{expiry.book, expiry.transfer};
    if (want(state.transfers, key, fetch.transfers)) {
      added = true;
      continue;
    }
    const TransferRow* row = state.transfers.find(key);
    FLORIN_ASSERT(row != nullptr);
    added = want(state.transfer_ids, InBook<TransferId>{expiry.book, row->transfer.id}, fetch.transfer_ids) ||
            added;
    added = want_accounts(expiry.book, row->transfer, state, fetch) || added;
  }
  return added;
}

}  // namespace florin::ledger
