// A book of accounts and transfers in plain containers: it makes the events that an engine would publish, and
// answers every question of the read models by looking at everything. Slow, simple, written apart from the
// views.
#pragma once

#include <map>
#include <random>
#include <vector>

#include "projections/query.hpp"
#include "schemas/events.hpp"

namespace florin::test {

class BookModel {
 public:
  struct Entry {
    Transfer transfer;
    projections::TransferState state = projections::TransferState::posted;
    AccountAfter debit, credit;
  };

  explicit BookModel(BookId book, std::uint64_t first_timestamp = 1000)
      : book_(book), now_(first_timestamp) {}

  // What an event did to an account, under the timestamp that counts: a transfer's own, or the event's.
  struct Move {
    Timestamp at;
    AccountId account;
    Balances before, after;
    int closes = 0;  // 1 when a hold closed it, -1 when that hold ended
  };

  Event open_account(AccountId id, LedgerId ledger, std::uint16_t code, std::uint16_t flags = 0);
  Event import_account(AccountId id, LedgerId ledger, std::uint16_t code, Timestamp at,
                       std::uint16_t flags = 0);
  // A transfer of any kind; the fields say which. Posts and voids name the pending transfer only. An imported
  // one keeps its timestamp.
  Event transfer(Transfer transfer);
  Event expire(TransferId pending_id);
  // A few accounts with the ids 1, 2, 3 ..., and then one more event of any kind.
  Event random(std::mt19937_64& dice);

  BookId book() const { return book_; }
  std::uint64_t now() const { return now_; }
  const std::map<AccountId, Account>& accounts() const { return accounts_; }
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<TransferId> pending() const;
  const std::vector<Move>& moves() const { return moves_; }
  void pass(std::uint64_t time) { now_ += time; }

  // The sum of all moves up to this moment, none before the first.
  std::optional<projections::BalancesAt> balances_at(AccountId account, Timestamp at) const;

  // Everything that passes the filter, without limit and cursor, in the order asked for.
  std::vector<Entry> matching(AccountId account, const projections::HistoryFilter& filter) const;

 private:
  Timestamp tick() { return {++now_}; }
  Event event(EventBody body) const { return {{now_}, book_, 0, std::move(body)}; }
  Event open(AccountId id, LedgerId ledger, std::uint16_t code, unsigned flags, Timestamp at);
  Entry& find(TransferId id);
  void release(Entry& entry, projections::TransferState state);
  void settle(Transfer& transfer);
  void change(AccountId id, Timestamp at, const Account& before);

  BookId book_;
  std::uint64_t now_;
  std::map<AccountId, Account> accounts_;
  std::vector<Entry> entries_;
  std::vector<Move> moves_;
};

}  // namespace florin::test
