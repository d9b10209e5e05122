// From a journal to what Florin is asked to create: a ledger for each commodity, an account for each journal
// account and commodity, a transaction for each transaction. Pure, and a function of the journal and the
// options alone: the same journal gives the same ids and timestamps, so that a second run moves nothing, and
// a journal that has grown at its end gives the same for what was there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "gateway/import/journal.hpp"
#include "schemas/ledger.hpp"
#include "schemas/transactions.hpp"

namespace florin::importing {

struct PlanOptions {
  std::uint32_t ledger_base = 1000;  // the first commodity's ledger; the next ones follow
  // By commodity, where the user says it.
  std::map<std::string, std::uint32_t> ledgers;
  std::map<std::string, std::string> currencies;
  std::map<std::string, unsigned> exponents;
  std::string conversion_account = "Equity:Conversion";  // stands against what is left of a commodity
  std::string virtual_account = "Equity:Virtual";        // stands against virtual postings
};

// Codes of accounts, by the first part of their names; in the trial balance they stand together.
enum class AccountCode : std::uint16_t {
  asset = 1,
  liability = 2,
  equity = 3,
  income = 4,
  expense = 5,
  other = 6
};
AccountCode account_code(std::string_view name);
inline constexpr std::uint16_t transaction_code = 1;

struct PlannedLedger {
  std::string commodity;  // its name too
  Ledger ledger;
};
struct PlannedAccount {
  Source source;  // of the transaction that first moves it
  std::string name;
  std::string commodity;
  Account account;
};
struct PlannedTransaction {
  Source source;
  Transaction transaction;  // its postings' ledgers are left out
};

struct Plan {
  std::vector<PlannedLedger> ledgers;            // in the order in which the journal first has them
  std::vector<PlannedAccount> accounts;          // by timestamp
  std::vector<PlannedTransaction> transactions;  // by timestamp
  std::vector<RefusedLine> refused;
  std::size_t empty = 0;  // transactions that move nothing
};

// Errc::invalid_argument: the options give two commodities one ledger, or name no commodity of the journal.
Result<Plan> make_plan(const Journal& journal, const PlanOptions& options);

}  // namespace florin::importing
