// A small bank for the ledger's tests, and short words to say what is asked of it.
#pragma once

#include "tests/engine/ledger/world.hpp"

namespace florin::ledger::test {

namespace on_account = account_flags;
namespace on_transfer = transfer_flags;

inline Account account(u128 id, std::uint16_t flags = 0, std::uint32_t ledger = 1) {
  Account account;
  account.id.value = id;
  account.ledger.value = ledger;
  account.code = 10;
  account.flags = flags;
  return account;
}

inline Transfer transfer(u128 id, u128 debit, u128 credit, u128 amount, std::uint16_t flags = 0) {
  Transfer transfer;
  transfer.id.value = id;
  transfer.debit_account_id.value = debit;
  transfer.credit_account_id.value = credit;
  transfer.amount.value = amount;
  transfer.ledger.value = 1;
  transfer.code = 20;
  transfer.flags = flags;
  return transfer;
}

inline Transfer hold(u128 id, u128 debit, u128 credit, u128 amount, std::uint32_t timeout = 0,
                     unsigned more_flags = 0) {
  Transfer hold =
      transfer(id, debit, credit, amount, static_cast<std::uint16_t>(on_transfer::pending | more_flags));
  hold.timeout = timeout;
  return hold;
}

// A post or void that says no more than it must.
inline Transfer settle_hold(u128 id, u128 pending_id, u128 amount, std::uint16_t flags) {
  Transfer settling;
  settling.id.value = id;
  settling.pending_id.value = pending_id;
  settling.amount.value = amount;
  settling.flags = flags;
  return settling;
}
inline Transfer post(u128 id, u128 pending_id, u128 amount = u128_max) {
  return settle_hold(id, pending_id, amount, on_transfer::post_pending_transfer);
}
inline Transfer void_hold(u128 id, u128 pending_id, u128 amount = 0) {
  return settle_hold(id, pending_id, amount, on_transfer::void_pending_transfer);
}

inline Posting debit(u128 account, u128 amount) { return {{account}, PostingSide::debit, {amount}, {}}; }
inline Posting credit(u128 account, u128 amount) { return {{account}, PostingSide::credit, {amount}, {}}; }

inline Transaction transaction(u128 id, std::vector<Posting> postings) {
  Transaction transaction;
  transaction.id.value = id;
  transaction.code = 30;
  transaction.postings = std::move(postings);
  return transaction;
}
// Of all that is left, or of these postings.
inline Transaction reversal(u128 id, u128 original, std::vector<Posting> postings = {}) {
  Transaction reversal = transaction(id, std::move(postings));
  reversal.code = 0;
  reversal.reversal_of.value = original;
  if (reversal.postings.empty()) reversal.flags = transaction_flags::whole;
  return reversal;
}

// The same item with other fields: with(transfer(...), [](auto& t) { t.code = 0; }).
template <class Item, class Change>
Item with(Item item, Change change) {
  change(item);
  return item;
}

template <class Item>
Item linked(Item item) {
  item.flags |= 1;
  return item;
}

template <class Item>
Item imported(Item item, std::uint64_t timestamp) {
  constexpr bool of_account = std::is_same_v<Item, Account>;
  item.flags |= of_account ? on_account::imported : on_transfer::imported;
  item.timestamp.value = timestamp;
  return item;
}

inline std::string balances_of(const Account& account) {
  const Balances& b = account.balances;
  return to_string(b.debits_pending) + "/" + to_string(b.debits_posted) + " " + to_string(b.credits_pending) +
         "/" + to_string(b.credits_posted);
}

// Ledgers 1 and 2 are open. Accounts of ledger 1: 1 is the bank's cash, 2 and 3 are customers without limits,
// 4 is a wallet that cannot be overdrawn, with 100 in it, 5 is a loan whose credits cannot exceed its debits
// of 100. Account 6 is of ledger 2.
class Bank : public World {
 public:
  static constexpr u128 cash = 1, alice = 2, bob = 3, wallet = 4, loan = 5, abroad = 6;

  explicit Bank(Memory memory = Memory::cold) : World(memory) {
    REQUIRE(answers({account(cash), account(alice), account(bob),
                     account(wallet, on_account::debits_must_not_exceed_credits),
                     account(loan, on_account::credits_must_not_exceed_debits), account(abroad, 0, 2)}) ==
            "created, created, created, created, created, created");
    REQUIRE(answers({transfer(9001, cash, wallet, 100), transfer(9002, loan, cash, 100)}) ==
            "created, created");
  }
  ~Bank() { CHECK(broken_invariants() == std::vector<std::string>{}); }
  Bank(const Bank&) = delete;
  Bank& operator=(const Bank&) = delete;

  std::string answers(const std::vector<Account>& items) { return told(create(items)); }
  std::string answers(const std::vector<Transfer>& items) { return told(create(items)); }
  std::string answer(const Account& item) { return told(create(std::vector{item})); }
  std::string answer(const Transfer& item) { return told(create(std::vector{item})); }

  // Of each item one word; the transfers that post a transaction are not items.
  std::string bulk_answers(const std::vector<BulkItem>& items, bool atomic = false) {
    return told(create(Bulk{atomic, items}));
  }
  std::string answer(const Transaction& item) { return bulk_answers({item}); }
  std::string answer(const SetLimits& item) { return bulk_answers({item}); }
  std::string answer(const SetMetadata& item) { return bulk_answers({item}); }

  // "debits pending/posted credits pending/posted"
  std::string balances(u128 id) const { return balances_of(account_row(id)); }
  bool closed(u128 id) const { return (account_row(id).flags & on_account::closed) != 0; }
  PendingStatus status(u128 hold_id) const { return transfer_row(hold_id).status; }

  Account account_row(u128 id) const {
    const auto row = find_account(id);
    REQUIRE(row);
    return *row;
  }
  TransferRow transfer_row(u128 id) const {
    const auto row = find_transfer(id);
    REQUIRE(row);
    return *row;
  }

  static std::string told(const std::vector<Event>& events) {
    std::string text;
    std::uint32_t legs = 0;
    for (const Event& event : events) {
      if (legs > 0 && legs--) continue;
      if (const auto* created = std::get_if<TransactionCreated>(&event.body)) legs = created->legs;
      text += (text.empty() ? "" : ", ") + std::string(result(event).status);
    }
    return text;
  }
};

}  // namespace florin::ledger::test
