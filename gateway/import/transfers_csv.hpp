// Transfers from CSV: a header with the API's names of a transfer's fields, and one transfer on each line.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "gateway/import/csv_reader.hpp"
#include "gateway/import/items.hpp"
#include "gateway/json/writer.hpp"

namespace florin::importing {

// Columns that bear other names in the file, as COLUMN -> field; an empty field leaves the column out.
using ColumnMap = std::map<std::string, std::string>;

// A row as a transfer, or why it is none.
struct ReadRow {
  Item item;
  std::optional<RefusedLine> refused;
  std::optional<bool> linked;  // none when it cannot be told
};

class TransferRows {
 public:
  // The header. Errc::invalid_argument: a column is no field and not mapped, a field is there twice, a
  // mapped column is missing, or there is no id.
  static Result<TransferRows> read_header(const std::string& file, std::span<const std::string> cells,
                                          const ColumnMap& map);

  ReadRow read(const CsvRow& row) const;

 private:
  struct Field;
  static std::span<const Field> fields();
  static std::string write_cell(gateway::json::Writer& out, const Field& field, const std::string& cell);
  static void read_flags(const std::string& cell, ReadRow& read);

  std::string file_;
  std::vector<const Field*> columns_;  // null = left out
};

}  // namespace florin::importing
