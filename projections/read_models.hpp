// All read models of a partition as one object: opened from a folder, fed from the events, asked by the
// gateway.
//
// open(), start() and stop() belong to the owner; everything else is for any thread.
#pragma once

#include <vector>

#include "projections/accounts.hpp"
#include "projections/balances.hpp"
#include "projections/directory.hpp"
#include "projections/history.hpp"
#include "projections/transactions.hpp"
#include "projections/transfers.hpp"

namespace florin::projections {

class ReadModels {
 public:
  // Each read model gets a folder of its own under `folder`, and its stores from `stores`. The source
  // outlives the object. Errors: see ViewHost::open.
  static Result<std::unique_ptr<ReadModels>> open(const std::filesystem::path& folder,
                                                  const EventSource& source, const StoreFactory& stores);
  ~ReadModels() { stop(); }
  ReadModels(const ReadModels&) = delete;
  ReadModels& operator=(const ReadModels&) = delete;

  // After a crash the rows may be ahead of the event log, until the engine has published the same events
  // again: the deadline says how long that may take.
  void start(Deadline log_reaches);
  void stop();

  // Errors: not_found (no read model has that name) and those of ViewHost::rebuild.
  Result<void> rebuild(std::string_view name);
  std::vector<ViewStatus> status() const;

  BalancesQuery& balances() { return balances_; }
  AccountsQuery& accounts() { return accounts_; }
  Result<BalancesWalk> walk_balances() const { return balances_.walk(); }
  HistoryQuery& history() { return history_; }
  TransfersQuery& transfers() { return transfers_; }
  TransactionsQuery& transactions() { return transactions_; }
  DirectoryQuery& directory() { return directory_; }

 private:
  using HostPtr = std::unique_ptr<ViewHost>;
  ReadModels(HostPtr balances, HostPtr history, HostPtr directory);

  std::vector<HostPtr> hosts_;
  HostedBalances balances_;
  HostedAccounts accounts_;
  HostedHistory history_;
  HostedTransfers transfers_;
  HostedTransactions transactions_;
  HostedDirectory directory_;
};

}  // namespace florin::projections
