// The calls that become bulks: transactions, reversals, metadata, limits, and bulks of mixed kinds.
#pragma once

#include "gateway/commands/items.hpp"

namespace florin::gateway {

Parsed parse_transactions(const Request& request);  // {"transactions":[...],"dry_run"}
Parsed parse_reversal(const Request& request);      // of the transaction in the path
Parsed parse_limits(const Request& request);        // of the account in the path
Parsed parse_account_metadata(const Request& request);
Parsed parse_transfer_metadata(const Request& request);
Parsed parse_transaction_metadata(const Request& request);
Parsed parse_bulk(const Request& request);  // {"atomic","dry_run","items":[{"account":{...}},...]}

// The name of each item's kind, as parse_bulk() reads it.
std::vector<std::string_view> kinds_of(const Bulk& bulk);

}  // namespace florin::gateway
