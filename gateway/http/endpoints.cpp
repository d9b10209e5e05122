// The one table of the public API. The OpenAPI document (schemas/openapi.yaml) says the same; a test compares
// them.
#include <array>

#include "gateway/http/router.hpp"

namespace florin::gateway {
namespace {

using enum BodyKind;
using enum CallKind;

const std::array<Endpoint, 25> table{{
    {"GET", "/healthz", "getHealth"},
    {"GET", "/readyz", "getReadiness"},
    {"GET", "/version", "getVersion"},
    {"GET", "/metrics", "getMetrics"},
    {"GET", "/.well-known/jwks.json", "getKeys"},
    {"GET", "/api/openapi.json", "getOpenApi"},
    {"POST", "/api/v1/oauth/token", "createToken", 0, form, query},
    {"POST", "/api/v1/ledger/ledgers", "createLedgers", scopes::book_admin, json, command},
    {"GET", "/api/v1/ledger/ledgers", "listLedgers", scopes::ledger_read, none, query, {"min_position"}},
    {"POST", "/api/v1/ledger/accounts", "createAccounts", scopes::ledger_write, json_or_records, command},
    {"GET",
     "/api/v1/ledger/accounts/{id}",
     "getAccount",
     scopes::ledger_read,
     none,
     query,
     {"min_position", "at"}},
    {"GET",
     "/api/v1/ledger/accounts/{id}/transfers",
     "listAccountTransfers",
     scopes::ledger_read,
     none,
     query,
     {"min_position", "limit", "cursor", "order", "timestamp_min", "timestamp_max", "side", "code", "ledger",
      "user_data_128", "user_data_64", "user_data_32"}},
    {"GET",
     "/api/v1/ledger/accounts/{id}/balances",
     "listAccountBalances",
     scopes::ledger_read,
     none,
     query,
     {"min_position", "limit", "cursor", "order", "timestamp_min", "timestamp_max"}},
    {"PUT", "/api/v1/ledger/accounts/{id}/limits", "setAccountLimits", scopes::ledger_write, json, command},
    {"PATCH", "/api/v1/ledger/accounts/{id}/metadata", "setAccountMetadata", scopes::ledger_write, json,
     command},
    {"POST", "/api/v1/ledger/bulk", "executeBulk", scopes::ledger_write, json, command},
    {"POST", "/api/v1/ledger/transactions", "createTransactions", scopes::ledger_write, json, command},
    {"PATCH", "/api/v1/ledger/transactions/{id}/metadata", "setTransactionMetadata", scopes::ledger_write,
     json, command},
    {"POST", "/api/v1/ledger/transactions/{id}/reversals", "createReversal", scopes::ledger_write, json,
     command},
    {"PATCH", "/api/v1/ledger/transfers/{id}/metadata", "setTransferMetadata", scopes::ledger_write, json,
     command},
    {"POST", "/api/v1/ledger/transfers", "createTransfers", scopes::ledger_write, json_or_records, command},
    {"GET",
     "/api/v1/ledger/transfers",
     "listTransfers",
     scopes::ledger_read,
     none,
     query,
     {"min_position", "limit", "cursor", "order", "timestamp_min", "timestamp_max", "ledger", "code",
      "user_data_128", "user_data_64", "user_data_32", "flags", "state", "account_id", "side",
      "debit_account_id", "credit_account_id", "pending_id", "amount_min", "amount_max", "metadata[]"}},
    {"GET",
     "/api/v1/ledger/transfers/summary",
     "summarizeTransfers",
     scopes::ledger_read,
     none,
     query,
     {"min_position", "timestamp_min", "timestamp_max", "ledger", "code", "user_data_128", "user_data_64",
      "user_data_32", "flags", "state", "account_id", "side", "debit_account_id", "credit_account_id",
      "pending_id", "amount_min", "amount_max", "metadata[]"}},
    {"GET",
     "/api/v1/ledger/transfers/{id}",
     "getTransfer",
     scopes::ledger_read,
     none,
     query,
     {"min_position"}},
    {"GET",
     "/api/v1/ledger/trial-balance",
     "getTrialBalance",
     scopes::ledger_read,
     none,
     query,
     {"min_position", "at"}},
}};

}  // namespace

std::span<const Endpoint> api_endpoints() { return table; }

}  // namespace florin::gateway
