#include "gateway/import/transfers_csv.hpp"

#include <algorithm>
#include <set>

#include "gateway/json/ledger_flags.hpp"

namespace florin::importing {
namespace {

using gateway::json::Writer;

constexpr std::size_t cell_bytes_shown_max = 100;

enum class Kind : std::uint8_t { decimal, amount, integer, flags };

// Names with spaces or | between; none when one is unknown or there twice.
std::optional<std::uint16_t> parse_flags(std::string_view text) {
  unsigned flags = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" |"), text.size());
    const std::string_view name = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (name.empty()) continue;
    const auto& table = gateway::json::transfer_flag_names;
    const auto flag =
        std::find_if(table.begin(), table.end(), [&](const auto& known) { return known.name == name; });
    if (flag == table.end() || (flags & flag->bit) != 0) return std::nullopt;
    flags |= flag->bit;
  }
  return static_cast<std::uint16_t>(flags);
}

}  // namespace

struct TransferRows::Field {
  std::string_view name;
  Kind kind;
  u128 max;
};

std::span<const TransferRows::Field> TransferRows::fields() {
  constexpr u128 u64_max = ~std::uint64_t{0}, u32_max = ~std::uint32_t{0}, u16_max = 0xffff;
  static constexpr Field table[] = {{"id", Kind::decimal, u128_max},
                                    {"debit_account_id", Kind::decimal, u128_max},
                                    {"credit_account_id", Kind::decimal, u128_max},
                                    {"amount", Kind::amount, u128_max},
                                    {"pending_id", Kind::decimal, u128_max},
                                    {"user_data_128", Kind::decimal, u128_max},
                                    {"user_data_64", Kind::decimal, u64_max},
                                    {"user_data_32", Kind::integer, u32_max},
                                    {"timeout", Kind::integer, u32_max},
                                    {"ledger", Kind::integer, u32_max},
                                    {"code", Kind::integer, u16_max},
                                    {"flags", Kind::flags, 0},
                                    {"timestamp", Kind::decimal, u64_max}};
  return table;
}

Result<TransferRows> TransferRows::read_header(const std::string& file, std::span<const std::string> cells,
                                               const ColumnMap& map) {
  TransferRows rows;
  rows.file_ = file;
  std::set<std::string> seen;
  for (const std::string& cell : cells) {
    const auto mapped = map.find(cell);
    const std::string& name = mapped == map.end() ? cell : mapped->second;
    const auto table = fields();
    const auto field =
        std::find_if(table.begin(), table.end(), [&](const Field& known) { return known.name == name; });
    if (field == table.end() && !name.empty())
      return fail(Errc::invalid_argument, "the column \"" + cell + "\" of " + file +
                                              " is no field of a transfer; say which with --map \"" + cell +
                                              "=FIELD\", or leave it out with --map \"" + cell + "=\"");
    if (!name.empty() && !seen.insert(name).second)
      return fail(Errc::invalid_argument, "two columns of " + file + " are the field " + name);
    rows.columns_.push_back(name.empty() ? nullptr : &*field);
  }
  for (const auto& [column, field] : map)
    if (std::find(cells.begin(), cells.end(), column) == cells.end())
      return fail(Errc::invalid_argument, file + " has no column \"" + column + "\", which --map names");
  if (seen.count("id") == 0)
    return fail(Errc::invalid_argument,
                file +
                    " has no column id: without it, a transfer that is sent again would "
                    "move money twice");
  return rows;
}

// Writes what a cell says; gives what is wrong with it instead when it is.
std::string TransferRows::write_cell(Writer& out, const Field& field, const std::string& cell) {
  if (field.kind == Kind::flags) {
    const auto flags = parse_flags(cell);
    if (!flags) return "a list of different flags with spaces between";
    gateway::json::write_flags(out, gateway::json::transfer_flag_names, *flags);
  } else if (field.kind == Kind::amount && cell == "max") {
    out.string(field.name, cell);
  } else {
    const auto number = parse_decimal(cell, field.max);
    if (!number) return "a number from 0 to " + florin::to_string(field.max) + " in plain digits";
    if (field.kind == Kind::integer) out.number(field.name, static_cast<std::uint64_t>(*number));
    else out.decimal(field.name, *number);
  }
  return {};
}

ReadRow TransferRows::read(const CsvRow& row) const {
  ReadRow read;
  read.item.source = {file_, row.line};
  const auto refuse = [&](std::string detail) {
    if (!read.refused) read.refused = {read.item.source, "line", {}, "not_importable", std::move(detail)};
  };
  if (!row.wrong.empty()) refuse(std::string(row.wrong));
  else if (row.cells.size() != columns_.size())
    refuse("it has " + std::to_string(row.cells.size()) + " cells, the header has " +
           std::to_string(columns_.size()));
  if (read.refused) return read;

  read.linked = false;
  Writer out;
  out.begin_object();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const std::string& cell = row.cells[i];
    if (columns_[i] == nullptr || cell.empty()) continue;
    const Field& field = *columns_[i];
    const std::string expected = write_cell(out, field, cell);
    if (!expected.empty())
      refuse(std::string(field.name) + ": \"" + cell.substr(0, cell_bytes_shown_max) + "\" is not " +
             expected);
    if (field.name == "id") read.item.id = cell;
    if (field.kind == Kind::flags) read_flags(cell, read);
  }
  read.item.linked = read.linked.value_or(false);
  read.item.json = out.end_object().take();
  return read;
}

void TransferRows::read_flags(const std::string& cell, ReadRow& read) {
  const auto flags = parse_flags(cell);
  read.linked.reset();
  if (!flags) return;
  read.linked = (*flags & transfer_flags::linked) != 0;
  read.item.imported = (*flags & transfer_flags::imported) != 0;
}

}  // namespace florin::importing
