// From the rows of CSV that the tools print to transactions. Pure: the tests feed it what a tool printed.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/result.hpp"
#include "gateway/import/journal.hpp"
#include "gateway/import/tools.hpp"

namespace florin::importing {

// What the tools are asked for, and so the order of their cells. (hledger has a fixed one.)
inline constexpr std::string_view ledger_csv_format =
    R"(%(quoted_rfc(filename)),%(xact.beg_line),%(format_date(xact.date,"%Y-%m-%d")),%(quoted_rfc(xact.code)),)"
    R"(%(quoted_rfc(xact.payee)),%(quoted_rfc(account)),%(quoted_rfc(quantity(scrub(amount)))),)"
    R"(%(quoted_rfc(commodity(scrub(amount)))),%(virtual)\n)";
inline constexpr std::string_view beancount_query =
    "SELECT filename, lineno, date, id, payee, narration, account, str(number), currency";

// Where hledger's transactions begin, by their number: its rows of CSV do not say.
using HledgerLines = std::unordered_map<std::uint64_t, Source>;

struct ToolRow;

class RowReader {
 public:
  explicit RowReader(Format format, HledgerLines lines = {}) : format_(format), lines_(std::move(lines)) {}

  // One row, the header not among them. Errors: format (not what the tool should print), overloaded.
  Result<void> add(std::span<const std::string> cells);
  Journal finish();

 private:
  void keep(ToolRow row);

  Format format_;
  HledgerLines lines_;
  std::string key_;  // of the transaction that the last row belongs to
  std::size_t postings_ = 0;
  Journal journal_;
};

}  // namespace florin::importing
