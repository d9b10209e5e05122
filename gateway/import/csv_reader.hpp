// Reads CSV (RFC 4180) by libcsv: rows of cells, each with the line that it begins on. A row that is not
// well formed is told as such, and reading goes on with the line behind the one that it begins on.
//
// Owner: whoever reads one file. No sharing between threads. The function for rows must not throw, since it
// is called from C.
#pragma once

#include <csv.h>

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace florin::importing {

inline constexpr std::size_t csv_row_bytes_max = 256u << 10;  // of one row, in the file

struct CsvRow {
  std::uint64_t line = 0;
  std::vector<std::string> cells;
  std::string_view wrong;  // why the row cannot be read; empty when it can
};

class CsvReader {
 public:
  using OnRow = std::function<void(CsvRow&&)>;

  explicit CsvReader(OnRow on_row);
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  void feed(std::string_view bytes);
  void finish();  // what stands behind the last end of line is a row too

 private:
  void read_lines();
  void give_up(std::string_view why);
  void forget(std::size_t lines);
  static void on_cell(void* cell, std::size_t bytes, void* self);
  static void on_end(int end, void* self);

  OnRow on_row_;
  csv_parser parser_{};
  std::string partial_;  // a line whose end has not come
  std::deque<std::string>
      lines_;                     // of the row that is being read, and behind it those that were not read yet
  std::size_t lines_read_ = 0;    // of lines_
  std::size_t row_bytes_ = 0;     // of the lines that were read
  std::uint64_t first_line_ = 1;  // the number of lines_.front()
  std::vector<std::string> cells_;              // of the row that is being read
  std::vector<std::vector<std::string>> rows_;  // that ended on the line that is being read
};

}  // namespace florin::importing
