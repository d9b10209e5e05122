// `florin import`: brings a journal of hledger, ledger or beancount, or transfers in CSV, into a running
// Florin over its API. Ids follow from the content (plan.hpp), so an import that was interrupted is resumed
// by running it again.
#pragma once

#include <memory>
#include <string>

#include "gateway/import/api.hpp"
#include "gateway/import/http.hpp"
#include "gateway/import/sender.hpp"
#include "gateway/import/tools.hpp"
#include "gateway/import/transfers_csv.hpp"

namespace florin::importing {

struct Imports {
  std::string file;
  Format format = Format::ledger;
  PlanOptions plan;
  ColumnMap columns;
  SendOptions sending;
};

// Without an `api` (in a dry run, when no server is named) everything is read and planned and nothing sent.
// What is refused is in the report and no error. Errors: of the tools (tools.hpp); invalid_argument for what
// the options say or leave out, and then nothing was sent; others when the server cannot be reached, refuses
// what no item is to blame for, or has other ledgers than the journal needs.
Result<void> run_import(const Imports& imports, Api* api, Report& report, Progress& progress);

// The two halves, for tests.
Result<void> import_journal(const Journal& journal, const Imports& imports, Api* api, Report& report,
                            Progress& progress);
Result<void> import_transfers(const Imports& imports, Api* api, Report& report, Progress& progress);

}  // namespace florin::importing
