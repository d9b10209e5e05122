// Read models in memory.
#pragma once

#include "tests/gateway/queries/manual_progress.hpp"

namespace florin::testing {

using namespace florin::projections;

// Each keeps what a test puts into it; the answer is true at its own position.
class FakeBalances final : public BalancesQuery, public ManualProgress {
 public:
  std::map<u128, Account> accounts;
  Limits limits;      // of all of them
  Metadata metadata;  // of all of them
  std::vector<TrialBalanceRow> rows;
  std::optional<Error> error;
  mutable std::optional<Timestamp> asked_at;

  Result<Answer<std::optional<AccountRow>>> account(BookId book, AccountId id) const override {
    if (error) return fail(*error);
    const auto found = accounts.find(id.value);
    if (book.value != 1 || found == accounts.end())
      return Answer<std::optional<AccountRow>>{std::nullopt, position()};
    return Answer<std::optional<AccountRow>>{AccountRow{found->second, limits, metadata}, position()};
  }
  Result<Answer<std::vector<TrialBalanceRow>>> trial_balance(BookId,
                                                             std::optional<Timestamp> at) const override {
    asked_at = at;
    return Answer<std::vector<TrialBalanceRow>>{rows, position()};
  }
};

class FakeAccounts final : public AccountsQuery, public ManualProgress {
 public:
  Page<AccountRow> page;
  std::vector<AccountSums> summed;
  std::optional<Error> error;
  mutable AccountFilter asked;
  mutable Slice asked_slice;

  Result<Answer<Page<AccountRow>>> accounts(BookId, const AccountFilter& filter,
                                            const Slice& slice) const override {
    asked = filter;
    asked_slice = slice;
    if (error) return fail(*error);
    return Answer<Page<AccountRow>>{page, position()};
  }
  Result<Answer<std::vector<AccountSums>>> sums(BookId, const AccountFilter& filter,
                                                const TimeRange& range) const override {
    asked = filter;
    static_cast<TimeRange&>(asked_slice) = range;
    if (error) return fail(*error);
    return Answer<std::vector<AccountSums>>{summed, position()};
  }
};

class FakeHistory final : public HistoryQuery, public ManualProgress {
 public:
  std::map<u128, TransferRow> transfers;
  Page<TransferRow> page;
  Page<BalanceRow> balances;
  mutable HistoryFilter asked;
  std::map<std::uint64_t, BalancesAt> moments;  // of any account, by their first nanosecond

  Result<Answer<std::optional<TransferRow>>> transfer(BookId book, TransferId id) const override {
    const auto found = transfers.find(id.value);
    if (book.value != 1 || found == transfers.end())
      return Answer<std::optional<TransferRow>>{std::nullopt, position()};
    return Answer<std::optional<TransferRow>>{found->second, position()};
  }
  Result<Answer<Page<TransferRow>>> account_transfers(BookId, AccountId,
                                                      const HistoryFilter& filter) const override {
    asked = filter;
    return Answer<Page<TransferRow>>{page, position()};
  }
  Result<Answer<Page<BalanceRow>>> account_balances(BookId, AccountId,
                                                    const HistoryFilter& filter) const override {
    asked = filter;
    return Answer<Page<BalanceRow>>{balances, position()};
  }
  Result<Answer<std::optional<BalancesAt>>> balances_at(BookId, AccountId, Timestamp at) const override {
    const auto later = moments.upper_bound(at.value);
    if (later == moments.begin()) return Answer<std::optional<BalancesAt>>{std::nullopt, position()};
    return Answer<std::optional<BalancesAt>>{std::prev(later)->second, position()};
  }
};

class FakeTransfers final : public TransfersQuery, public ManualProgress {
 public:
  Page<TransferRow> page;
  std::vector<TransferSums> summed;
  std::optional<Error> error;
  mutable TransferFilter asked;
  mutable Slice asked_slice;

  Result<Answer<Page<TransferRow>>> transfers(BookId, const TransferFilter& filter,
                                              const Slice& slice) const override {
    asked = filter;
    asked_slice = slice;
    if (error) return fail(*error);
    return Answer<Page<TransferRow>>{page, position()};
  }
  Result<Answer<std::vector<TransferSums>>> sums(BookId, const TransferFilter& filter,
                                                 const TimeRange& range) const override {
    asked = filter;
    static_cast<TimeRange&>(asked_slice) = range;
    if (error) return fail(*error);
    return Answer<std::vector<TransferSums>>{summed, position()};
  }
};

class FakeTransactions final : public TransactionsQuery, public ManualProgress {
 public:
  std::map<u128, TransactionRow> found;
  Page<TransactionRow> page;
  std::optional<Error> error;
  mutable TransactionFilter asked;
  mutable Slice asked_slice;

  Result<Answer<std::optional<TransactionRow>>> transaction(BookId, TransactionId id) const override {
    const auto row = found.find(id.value);
    if (row == found.end()) return Answer<std::optional<TransactionRow>>{std::nullopt, position()};
    return Answer<std::optional<TransactionRow>>{row->second, position()};
  }
  std::uint64_t legs = 0;  // of a transaction right at the moment that is asked for
  Result<Answer<Timestamp>> whole_moment(BookId, Timestamp at) const override {
    return Answer<Timestamp>{{at.value + legs}, position()};
  }
  Result<Answer<Page<TransactionRow>>> transactions(BookId, const TransactionFilter& filter,
                                                    const Slice& slice) const override {
    asked = filter;
    asked_slice = slice;
    if (error) return fail(*error);
    return Answer<Page<TransactionRow>>{page, position()};
  }
};

class FakeDirectory final : public DirectoryQuery, public ManualProgress {
 public:
  Client known;
  std::vector<Ledger> opened;
  std::vector<Placement> placed{};

  Result<Answer<std::vector<Placement>>> placements() const override {
    return Answer<std::vector<Placement>>{placed, position()};
  }
  Result<Answer<std::optional<PartitionId>>> placement(BookId book) const override {
    for (const Placement& placement : placed)
      if (placement.book == book) return Answer<std::optional<PartitionId>>{placement.partition, position()};
    return Answer<std::optional<PartitionId>>{std::nullopt, position()};
  }
  Result<Answer<std::optional<std::string>>> book(BookId) const override {
    return Answer<std::optional<std::string>>{"book", position()};
  }
  Result<Answer<std::optional<Client>>> client(BookId book, ClientId id) const override {
    if (book.value != 1 || id != known.id) return Answer<std::optional<Client>>{std::nullopt, position()};
    return Answer<std::optional<Client>>{known, position()};
  }
  Result<Answer<std::vector<Client>>> clients(BookId) const override {
    return Answer<std::vector<Client>>{{known}, position()};
  }
  Result<Answer<std::vector<Ledger>>> ledgers(BookId) const override {
    return Answer<std::vector<Ledger>>{opened, position()};
  }
};

}  // namespace florin::testing
