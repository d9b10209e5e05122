// What is sent: one item of a batch, as the JSON that stands for it, and where it comes from.
#pragma once

#include <string>

#include "gateway/import/plan.hpp"

namespace florin::importing {

struct Item {
  Source source;
  std::string id;
  std::string json;
  std::size_t events = 1;    // what it counts against a batch's bound
  std::uint64_t weight = 1;  // what it counts for the progress
  bool linked = false;       // to the next one: both go into one batch
  bool imported = false;     // one batch holds imports only, or none
};

// A batch call: what its items are called in the report, its path, the name of its array.
struct Target {
  std::string kind, path, list;
};

inline const Target ledgers_target{"ledger", "/ledger/ledgers", "ledgers"};
inline const Target accounts_target{"account", "/ledger/accounts", "accounts"};
inline const Target names_target{"account name", "/ledger/bulk", "items"};
inline const Target transactions_target{"transaction", "/ledger/transactions", "transactions"};
inline const Target transfers_target{"transfer", "/ledger/transfers", "transfers"};

Item ledger_item(const PlannedLedger& planned);
Item account_item(const PlannedAccount& planned);
Metadata names_of(const PlannedAccount& planned);  // its name and commodity
Item name_item(const PlannedAccount& planned);     // sets them as metadata of the account
Item transaction_item(const PlannedTransaction& planned);

}  // namespace florin::importing
