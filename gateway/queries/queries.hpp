// The calls that read: from the read models only, never from the engine. And the public calls about the
// server itself.
#pragma once

#include <functional>
#include <string>

#include "gateway/http/router.hpp"
#include "gateway/http/worker_pool.hpp"
#include "projections/query.hpp"

namespace florin::gateway {

// How far positions may go that were given to somebody.
struct EventHead {
  std::function<Sequence()> known;  // the last decided event that is known here
  // Whether another process may know more, since the events of something in the journal are not here yet; on
  // a worker thread. A position beyond `known` is waited for then. Not set where nobody else decides.
  std::function<Result<bool>()> is_behind{};
};

struct QueryPorts {
  projections::BalancesQuery& balances;
  projections::AccountsQuery& accounts;
  projections::HistoryQuery& history;
  projections::TransfersQuery& transfers;
  projections::TransactionsQuery& transactions;
  projections::DirectoryQuery& directory;
  WorkerPool& workers;  // read models are read here, not on the I/O thread
  EventHead head;
};

// What the public calls answer with.
struct ServerFacts {
  std::string version;
  std::string openapi;                     // JSON
  std::function<std::string()> jwks;       // JSON
  std::function<std::string()> metrics;    // Prometheus text
  std::function<std::string()> not_ready;  // why not, in a sentence; empty when ready
};

// The ports outlive the router.
void bind_queries(Router& router, const QueryPorts& ports);
void bind_facts(Router& router, const ServerFacts& facts);

}  // namespace florin::gateway
