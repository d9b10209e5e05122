#include "engine/ledger/reach.hpp"

#include <set>

#include "engine/ledger/ladder.hpp"

namespace florin::ledger {
namespace {

struct Reach {
  const State& state;
  BookId book;
  std::set<LedgerId> ledgers{};

  void account(AccountId id) {
    const AccountRow* row = state.accounts.find({book, id});
    if (row != nullptr) ledgers.insert(row->ledger);
  }
  void transfer(TransferId id) {
    const TransferRow* row = state.find_transfer({book, id});
    if (row != nullptr) ledgers.insert(row->transfer.ledger);
  }
  void transaction(TransactionId id) {
    const TransactionRow* row = state.find_transaction({book, id});
    if (row == nullptr) return;
    for (const auto& line : row->lines) ledgers.insert(line.posting.ledger);
  }

  void operator()(const Account&) {}
  void operator()(const Transfer& item) {
    if (settles_pending(item) && item.ledger.value == 0) transfer(item.pending_id);
  }
  // What a transaction's id names already is told in its answer, so that counts as well.
  void operator()(const Transaction& item) {
    transaction(item.id);
    if (item.reversal_of.value != 0) transaction(item.reversal_of);
    for (const Posting& posting : item.postings) account(posting.account);
  }
  void operator()(const SetMetadata& item) {
    switch (item.target.kind) {
      case TargetKind::account: return account({item.target.id});
      case TargetKind::transfer: return transfer({item.target.id});
      case TargetKind::transaction: return transaction({item.target.id});
    }
  }
  void operator()(const SetLimits& item) { account(item.account); }
};

std::vector<LedgerId> list(const std::set<LedgerId>& ledgers) { return {ledgers.begin(), ledgers.end()}; }

}  // namespace

std::vector<LedgerId> ledgers_reached(const State& state, BookId book, const Transfer& transfer) {
  if (!settles_pending(transfer) || transfer.ledger.value != 0) return {};
  Reach reach{state, book};
  reach(transfer);
  return list(reach.ledgers);
}

std::vector<LedgerId> ledgers_reached(const State& state, BookId book, const BulkItem& item) {
  Reach reach{state, book};
  std::visit(reach, item);
  return list(reach.ledgers);
}

}  // namespace florin::ledger
