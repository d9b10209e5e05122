// Read-only interfaces to the read models: all that the gateway may know of them. Each answer carries the
// position that it is true at. A query never touches the engine. Any thread.
//
// Errors of every call: io, corrupt, stopped.
#pragma once

#include <optional>
#include <vector>

#include "projections/account_query.hpp"
#include "projections/transaction_query.hpp"
#include "projections/transfer_query.hpp"
#include "projections/wide_sum.hpp"
#include "schemas/access.hpp"
#include "schemas/ledger.hpp"
#include "schemas/transactions.hpp"

namespace florin::projections {

struct TrialBalanceRow {
  LedgerId ledger;
  std::uint16_t code = 0;  // of the accounts
  std::uint64_t accounts = 0;
  WideBalances sums;
};

class BalancesQuery : public virtual Progress {
 public:
  virtual Result<Answer<std::optional<AccountRow>>> account(BookId book, AccountId id) const = 0;
  // By ledger, then code; as it stands, or as it stood counting all that has the timestamp `at` or an earlier
  // one. A code that had no account then has no row.
  virtual Result<Answer<std::vector<TrialBalanceRow>>> trial_balance(
      BookId book, std::optional<Timestamp> at = std::nullopt) const = 0;
};

// An account's balances right after the transfer with this timestamp.
struct BalanceRow {
  Timestamp timestamp;
  std::optional<Balances> balances;  // none: one of them was over 2^128-1, which cannot be told
};
inline Timestamp timestamp_of(const BalanceRow& row) { return row.timestamp; }

// An account's balances at a moment of the past, and whether it was closed then.
struct BalancesAt {
  std::optional<Balances> balances = Balances{};  // none: one of them was over 2^128-1
  bool closed = false;
  friend bool operator==(const BalancesAt&, const BalancesAt&) = default;
};

struct HistoryFilter : Slice {
  Side side = Side::any;
  TransferFilter transfer{};
};

class HistoryQuery : public virtual Progress {
 public:
  virtual Result<Answer<std::optional<TransferRow>>> transfer(BookId book, TransferId id) const = 0;
  virtual Result<Answer<Page<TransferRow>>> account_transfers(BookId book, AccountId id,
                                                              const HistoryFilter& filter) const = 0;
  // Empty for an account without the history flag.
  virtual Result<Answer<Page<BalanceRow>>> account_balances(BookId book, AccountId id,
                                                            const HistoryFilter& filter) const = 0;
  // For an account with the history flag: what it was, counting all that has the timestamp `at` or an earlier
  // one, expiries and imported transfers too. None before its first transfer.
  virtual Result<Answer<std::optional<BalancesAt>>> balances_at(BookId book, AccountId id,
                                                                Timestamp at) const = 0;
};

struct Placement {
  BookId book;
  PartitionId partition;
  std::string name;
};

class DirectoryQuery : public virtual Progress {
 public:
  virtual Result<Answer<std::optional<std::string>>> book(BookId book) const = 0;  // its name
  // Of books that partition 0 has placed on others, by id. Empty in the directory of any other partition.
  virtual Result<Answer<std::vector<Placement>>> placements() const = 0;
  virtual Result<Answer<std::optional<PartitionId>>> placement(BookId book) const = 0;
  virtual Result<Answer<std::optional<Client>>> client(BookId book, ClientId id) const = 0;
  virtual Result<Answer<std::vector<Client>>> clients(BookId book) const = 0;
  virtual Result<Answer<std::vector<Ledger>>> ledgers(BookId book) const = 0;  // by id
};

}  // namespace florin::projections
