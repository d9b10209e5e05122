// The read models of a partition as one object: opened from a folder, fed from the events, asked by the
// gateway.
//
// open(), start() and stop() belong to the owner; everything else is for any thread.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/assert.hpp"
#include "projections/accounts.hpp"
#include "projections/balances.hpp"
#include "projections/directory.hpp"
#include "projections/history.hpp"
#include "projections/transactions.hpp"
#include "projections/transfers.hpp"

namespace florin::projections {

// A gateway whose queries others answer needs to know its callers alone.
enum class Models : std::uint8_t { all, directory };

class ReadModels {
 public:
  // Each read model gets a folder of its own under `folder`, and its stores from `stores`. The source
  // outlives the object. Errors: see ViewHost::open.
  static Result<std::unique_ptr<ReadModels>> open(const std::filesystem::path& folder,
                                                  const EventSource& source, const StoreFactory& stores,
                                                  Models models = Models::all);
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

  // Of those that were opened.
  BalancesQuery& balances() { return of(balances_); }
  AccountsQuery& accounts() { return of(accounts_); }
  Result<BalancesWalk> walk_balances() { return of(balances_).walk(); }
  HistoryQuery& history() { return of(history_); }
  TransfersQuery& transfers() { return of(transfers_); }
  TransactionsQuery& transactions() { return of(transactions_); }
  DirectoryQuery& directory() { return directory_; }

 private:
  using HostPtr = std::unique_ptr<ViewHost>;
  explicit ReadModels(HostPtr directory) : directory_(*directory) { hosts_.push_back(std::move(directory)); }
  void add_balances(HostPtr host);
  void add_history(HostPtr host);
  template <class Query>
  static Query& of(std::optional<Query>& query) {
    FLORIN_ASSERT(query);
    return *query;
  }

  std::vector<HostPtr> hosts_;
  std::optional<HostedBalances> balances_;
  std::optional<HostedAccounts> accounts_;
  std::optional<HostedHistory> history_;
  std::optional<HostedTransfers> transfers_;
  std::optional<HostedTransactions> transactions_;
  HostedDirectory directory_;
};

}  // namespace florin::projections
