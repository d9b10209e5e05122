#include "gateway/import/csv_reader.hpp"

#include "engine/base/assert.hpp"

namespace florin::importing {
namespace {

bool blank(const std::string& line) { return line.find_first_not_of(" \t\r\n") == std::string::npos; }

}  // namespace

CsvReader::CsvReader(OnRow on_row) : on_row_(std::move(on_row)) {
  FLORIN_ASSERT(csv_init(&parser_, CSV_STRICT) == 0);
}

CsvReader::~CsvReader() { csv_free(&parser_); }

void CsvReader::feed(std::string_view bytes) {
  while (true) {
    const auto end = bytes.find('\n');
    partial_ += bytes.substr(0, end == std::string_view::npos ? end : end + 1);
    if (end == std::string_view::npos) break;
    lines_.push_back(std::move(partial_));
    partial_.clear();
    read_lines();
    bytes.remove_prefix(end + 1);
  }
  // A line without an end is not kept for ever; what comes of it is told like any other row that is too long.
  if (partial_.size() <= csv_row_bytes_max) return;
  lines_.push_back(std::move(partial_));
  partial_.clear();
  read_lines();
}

void CsvReader::finish() {
  if (!partial_.empty()) lines_.push_back(std::move(partial_) + "\n");
  partial_.clear();
  read_lines();
  while (!lines_.empty()) {
    give_up("a quoted cell has no end");
    read_lines();
  }
}

// Reads what was not read yet. The lines of a row are kept until it is whole, so that they can be read again
// when it turns out not to be one.
void CsvReader::read_lines() {
  while (lines_read_ < lines_.size()) {
    if (lines_read_ == 0 && blank(lines_.front())) {
      forget(1);
      continue;
    }
    const std::string& line = lines_[lines_read_++];
    row_bytes_ += line.size();
    const bool fits = row_bytes_ <= csv_row_bytes_max;
    const bool good =
        fits && csv_parse(&parser_, line.data(), line.size(), on_cell, on_end, this) == line.size();
    for (auto& cells : rows_) on_row_({first_line_, std::move(cells), {}});
    const bool ended = !rows_.empty();
    rows_.clear();
    if (!good)
      give_up(fits ? "a quote stands where none may be" : "the row is too long, or a quoted cell has no end");
    else if (ended) forget(lines_read_);
  }
}

// Tells that the row is none, and goes back to the line behind the one that it began on.
void CsvReader::give_up(std::string_view why) {
  csv_fini(&parser_, nullptr, nullptr, nullptr);  // the parser forgets the row
  cells_.clear();
  on_row_({first_line_, {}, why});
  forget(1);
}

void CsvReader::forget(std::size_t lines) {
  lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(lines));
  first_line_ += lines;
  lines_read_ = 0;
  row_bytes_ = 0;
}

void CsvReader::on_cell(void* cell, std::size_t bytes, void* self) {
  static_cast<CsvReader*>(self)->cells_.emplace_back(static_cast<const char*>(cell), bytes);
}

void CsvReader::on_end(int, void* self) {
  auto& reader = *static_cast<CsvReader*>(self);
  reader.rows_.push_back(std::move(reader.cells_));
  reader.cells_.clear();
}

}  // namespace florin::importing
