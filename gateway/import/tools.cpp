#include "gateway/import/tools.hpp"

#include <filesystem>

#include "gateway/import/child.hpp"
#include "gateway/import/csv_reader.hpp"
#include "gateway/import/hledger_lines.hpp"
#include "gateway/import/tool_rows.hpp"

namespace florin::importing {
namespace {

constexpr std::size_t hledger_json_bytes_max = 1ull << 30;

using Command = std::vector<std::string>;

// Runs the tool; one that is missing or does not like the file is an error with what it said.
Result<void> run(const Command& command, const std::function<void(std::string_view)>& on_output) {
  auto end = run_child(command, on_output);
  if (!end && end.error().code == Errc::not_found)
    return fail(Errc::not_found, end.error().message +
                                     "; install the package that has it, such as Debian's " +
                                     (command[0].starts_with("bean-") ? "beancount" : command[0]));
  if (!end) return fail(std::move(end).error());
  if (end->exit_code == 0) return {};
  return fail(Errc::format, command[0] + " does not accept the journal: " + end->complaint);
}

Result<Journal> read_rows(const Command& command, bool has_header, RowReader rows) {
  Result<void> fate;
  bool skip = has_header;
  CsvReader csv([&](CsvRow&& row) {
    if (std::exchange(skip, false) || !fate) return;
    if (row.wrong.empty()) fate = rows.add(row.cells);
    else
      fate = fail(Errc::format, command[0] + " printed CSV that cannot be read: " + std::string(row.wrong));
  });
  FLORIN_TRY(run(command, [&csv](std::string_view piece) { csv.feed(piece); }));
  csv.finish();
  FLORIN_TRY(fate);
  return rows.finish();
}

Result<Journal> read_by_hledger(const std::string& file) {
  std::string json;
  bool too_long = false;
  FLORIN_TRY(run({"hledger", "-f", file, "print", "-O", "json"}, [&](std::string_view piece) {
    too_long = too_long || piece.size() > hledger_json_bytes_max - json.size();
    if (!too_long) json += piece;
  }));
  if (too_long) return fail(Errc::overloaded, "the journal is too long for one import; split it by date");
  FLORIN_TRY_ASSIGN(HledgerLines lines, read_hledger_lines(json));
  json = {};
  return read_rows({"hledger", "-f", file, "print", "-x", "-O", "csv"}, true,
                   RowReader(Format::hledger, std::move(lines)));
}

Result<Journal> read_by_beancount(const std::string& file) {
  // bean-query would go on after an error.
  FLORIN_TRY(run({"bean-check", file}, [](std::string_view) {}));
  return read_rows({"bean-query", "-f", "csv", file, std::string(beancount_query)}, true,
                   RowReader(Format::beancount));
}

}  // namespace

std::optional<Format> parse_format(std::string_view name) {
  constexpr std::pair<std::string_view, Format> names[] = {{"hledger", Format::hledger},
                                                           {"ledger", Format::ledger},
                                                           {"beancount", Format::beancount},
                                                           {"csv", Format::csv}};
  for (const auto& [known, format] : names)
    if (known == name) return format;
  return std::nullopt;
}

std::optional<Format> format_of(std::string_view file) {
  constexpr std::pair<std::string_view, Format> endings[] = {
      {".journal", Format::hledger}, {".hledger", Format::hledger}, {".j", Format::hledger},
      {".ledger", Format::ledger},   {".dat", Format::ledger},      {".beancount", Format::beancount},
      {".bean", Format::beancount},  {".csv", Format::csv}};
  for (const auto& [ending, format] : endings)
    if (file.ends_with(ending)) return format;
  return std::nullopt;
}

Result<Journal> read_journal(const std::string& file, Format format) {
  std::error_code error;
  // Absolute, so that no file's name passes for an option.
  const std::string path = std::filesystem::absolute(file, error).string();
  if (error || !std::filesystem::is_regular_file(path, error))
    return fail(Errc::not_found, file + " is not a file that can be read");
  if (format == Format::hledger) return read_by_hledger(path);
  if (format == Format::beancount) return read_by_beancount(path);
  return read_rows(
      {"ledger", "--args-only", "-f", path, "csv", "--csv-format", std::string(ledger_csv_format)}, false,
      RowReader(Format::ledger));
}

}  // namespace florin::importing
