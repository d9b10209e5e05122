// Which rows a bulk needs. As in collect.cpp, a row too many costs a read, and a row too few stops the
// process.
#include <algorithm>

#include "engine/ledger/collect.hpp"
#include "engine/ledger/legs.hpp"

namespace florin::ledger {
namespace {

bool is_reversal(const Transaction& transaction) {
  return transaction.reversal_of.value != 0 || has(transaction.flags, transaction_flags::whole);
}

bool is_imported(const Transaction& transaction) {
  return has(transaction.flags, transaction_flags::imported);
}

// The rows of the transfers that post a transaction with so many postings.
bool want_legs(BookId book, const Transaction& transaction, std::size_t postings, const State& state,
               Fetch& fetch) {
  bool added = false;
  for (std::uint32_t i = 0; i + 1 < postings; ++i) {
    added =
        want(state.transfer_ids, InBook<TransferId>{book, leg_id(transaction.id, i)}, fetch.transfer_ids) ||
        added;
    if (!is_imported(transaction)) continue;
    const Timestamp at{transaction.timestamp.value + 1 + i};
    added = want(state.account_times, InBook<Timestamp>{book, at}, fetch.account_times) || added;
  }
  return added;
}

struct Collector {
  BookId book;
  const State& state;
  Fetch& fetch;

  void operator()(const Account& item) const { collect_item(book, item, state, fetch); }
  void operator()(const Transfer& item) const { collect_item(book, item, state, fetch); }
  void operator()(const Transaction& item) const {
    want(state.transactions, InBook<TransactionId>{book, item.id}, fetch.transactions);
    if (is_reversal(item))
      want(state.transactions, InBook<TransactionId>{book, item.reversal_of}, fetch.transactions);
    if (is_imported(item))
      want(state.account_times, InBook<Timestamp>{book, item.timestamp}, fetch.account_times);
    for (const Posting& posting : item.postings)
      want(state.accounts, InBook<AccountId>{book, posting.account}, fetch.accounts);
    want_legs(book, item, item.postings.size(), state, fetch);
    if (!is_reversal(item)) {
      std::size_t& postings = fetch.created[{book, item.id}];
      postings = std::max(postings, item.postings.size());
    } else if (const auto original = fetch.created.find({book, item.reversal_of});
               original != fetch.created.end() && has(item.flags, transaction_flags::whole)) {
      want_legs(book, item, original->second, state, fetch);
    }
  }
  void operator()(const SetMetadata& item) const {
    const Target& target = item.target;
    want(state.metadata, InBook<Target>{book, target}, fetch.metadata);
    switch (target.kind) {
      case TargetKind::account:
        want(state.accounts, InBook<AccountId>{book, {target.id}}, fetch.accounts);
        break;
      case TargetKind::transfer:
        want(state.transfer_ids, InBook<TransferId>{book, {target.id}}, fetch.transfer_ids);
        break;
      case TargetKind::transaction:
        want(state.transactions, InBook<TransactionId>{book, {target.id}}, fetch.transactions);
        break;
    }
  }
  void operator()(const SetLimits& item) const {
    want(state.accounts, InBook<AccountId>{book, item.account}, fetch.accounts);
  }
};

struct Reacher {
  BookId book;
  const State& state;
  Fetch& fetch;

  bool operator()(const Transfer& item) const { return reach_item(book, item, state, fetch); }
  // Which accounts and transfers a whole reversal needs, its original says.
  bool operator()(const Transaction& item) const {
    const InBook<TransactionId> original_key{book, item.reversal_of};
    if (!has(item.flags, transaction_flags::whole) || !state.transactions.known(original_key)) return false;
    const TransactionRow* original = state.find_transaction(original_key);
    if (original == nullptr) return false;
    bool added = want_legs(book, item, original->lines.size(), state, fetch);
    for (const auto& line : original->lines)
      added = want(state.accounts, InBook<AccountId>{book, line.posting.account}, fetch.accounts) || added;
    return added;
  }
  // The ledger of a transfer, or of a transaction's accounts, says who may touch it.
  bool operator()(const SetMetadata& item) const {
    const Target& target = item.target;
    bool added = false;
    if (target.kind == TargetKind::transfer) follow(state, {book, {target.id}}, fetch, added);
    return added;
  }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

}  // namespace

void collect(BookId book, const Bulk& command, const State& state, Fetch& fetch) {
  want(state.marks, book, fetch.marks);
  for (const BulkItem& item : command.items) std::visit(Collector{book, state, fetch}, item);
}

bool reach(BookId book, const Bulk& command, const State& state, Fetch& fetch) {
  bool added = false;
  for (const BulkItem& item : command.items) added = std::visit(Reacher{book, state, fetch}, item) || added;
  return added;
}

}  // namespace florin::ledger
