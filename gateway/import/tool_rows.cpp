#include "gateway/import/tool_rows.hpp"

#include <algorithm>

#include "schemas/money.hpp"

namespace florin::importing {

// A posting, and beside it what it says of its transaction.
struct ToolRow {
  std::string key;  // of two rows that follow each other, equal when they are of one transaction
  Source source;
  std::string date, code, description;
  std::string account, quantity, commodity;
  bool is_virtual = false;
};

namespace {

// hledger: "txnidx","date","date2","status","code","description","comment","account","amount","commodity",...
constexpr std::size_t hledger_cells = 14, ledger_cells = 9, beancount_cells = 9;

// bean-query pads its columns.
std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') + 1 - first));
}

std::uint64_t line_number(std::string_view text) {
  return static_cast<std::uint64_t>(parse_decimal(text, ~std::uint64_t{0}).value_or(0));
}

std::string without(std::string_view text, std::string_view before, std::string_view behind) {
  if (text.starts_with(before) && text.ends_with(behind) && text.size() > before.size() + behind.size())
    text = text.substr(before.size(), text.size() - before.size() - behind.size());
  return std::string(text);
}

// YYYY-MM-DD
std::optional<std::chrono::sys_days> read_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int numbers[3] = {};
  constexpr std::size_t begin[3] = {0, 5, 8}, size[3] = {4, 2, 2};
  for (int part = 0; part < 3; ++part)
    for (const char c : text.substr(begin[part], size[part])) {
      if (c < '0' || c > '9') return std::nullopt;
      numbers[part] = numbers[part] * 10 + (c - '0');
    }
  const std::chrono::year_month_day date{std::chrono::year(numbers[0]),
                                         std::chrono::month(static_cast<unsigned>(numbers[1])),
                                         std::chrono::day(static_cast<unsigned>(numbers[2]))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

ToolRow read_hledger(std::span<const std::string> cells, const HledgerLines& lines) {
  const auto place = lines.find(line_number(cells[0]));
  ToolRow row{cells[0], place == lines.end() ? Source{} : place->second,
              cells[1], cells[4],
              cells[5], cells[7],
              cells[8], cells[9]};
  row.is_virtual = row.account.starts_with('(') || row.account.starts_with('[');
  row.account = without(without(row.account, "(", ")"), "[", "]");
  return row;
}

ToolRow read_ledger(std::span<const std::string> cells) {
  return {cells[0] + ":" + cells[1],
          {cells[0], line_number(cells[1])},
          cells[2],
          cells[3],
          cells[4],
          cells[5],
          cells[6],
          without(cells[7], "\"", "\""),
          cells[8] == "true"};
}

ToolRow read_beancount(std::span<const std::string> cells) {
  const std::string payee = trimmed(cells[4]), narration = trimmed(cells[5]);
  ToolRow row;
  row.source = {trimmed(cells[0]), line_number(trimmed(cells[1]))};
  row.key = row.source.file + ":" + std::to_string(row.source.line) + ":" + trimmed(cells[3]);
  row.date = trimmed(cells[2]);
  row.description = payee.empty() ? narration : narration.empty() ? payee : payee + " | " + narration;
  row.account = trimmed(cells[6]);
  row.quantity = without(trimmed(cells[7]), "Decimal('", "')");
  row.commodity = trimmed(cells[8]);
  return row;
}

std::size_t cells_of(Format format) {
  return format == Format::hledger  ? hledger_cells
         : format == Format::ledger ? ledger_cells
                                    : beancount_cells;
}

}  // namespace

Result<void> RowReader::add(std::span<const std::string> cells) {
  if (cells.size() != cells_of(format_))
    return fail(Errc::format, "the tool printed a row of " + std::to_string(cells.size()) +
                                  " cells instead of " + std::to_string(cells_of(format_)) +
                                  "; Debian 12's version is the one that is known");
  if (++postings_ > journal_postings_max)
    return fail(Errc::overloaded, "the journal has over " + std::to_string(journal_postings_max) +
                                      " postings; split it by date");
  if (format_ == Format::hledger) keep(read_hledger(cells, lines_));
  else keep(format_ == Format::ledger ? read_ledger(cells) : read_beancount(cells));
  return {};
}

void RowReader::keep(ToolRow row) {
  if (journal_.empty() || row.key != key_) {
    const auto date = read_date(row.date);
    journal_.push_back({std::move(row.source),
                        date.value_or(std::chrono::sys_days{}),
                        std::move(row.code),
                        std::move(row.description),
                        {},
                        {}});
    if (!date) journal_.back().wrong = "the date \"" + row.date + "\" cannot be read";
    key_ = std::move(row.key);
  }
  JournalTransaction& transaction = journal_.back();
  const auto quantity = read_decimal(row.quantity);
  if (quantity)
    transaction.postings.push_back(
        {std::move(row.account), std::move(row.commodity), *quantity, row.is_virtual});
  else transaction.wrong = "the amount \"" + row.quantity + "\" of " + row.account + " cannot be read";
}

Journal RowReader::finish() {
  std::stable_sort(journal_.begin(), journal_.end(),
                   [](const auto& a, const auto& b) { return a.date < b.date; });
  return std::move(journal_);
}

}  // namespace florin::importing
