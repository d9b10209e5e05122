// Reads the rows of a range one after the other, for those who walk through two stores side by side. A chunk
// of rows is in memory. Give it a snapshot, else the rows are not of one moment. One thread.
#pragma once

#include <vector>

#include "engine/store/store.hpp"

namespace florin {

inline constexpr std::size_t cursor_rows_max = 4096;       // of a chunk
inline constexpr std::size_t cursor_bytes_max = 1u << 20;  // of a chunk, but for its last row

struct StoreRow {
  Bytes key, value;
};

class RowCursor {
 public:
  // Rows with first <= key < last, an empty `last` being no bound. The store outlives it.
  RowCursor(const StoreReader& store, Bytes first, Bytes last, ScanOrder order = ScanOrder::ascending)
      : store_(store), first_(std::move(first)), last_(std::move(last)), order_(order) {}

  // The row where it stands; null at the end. It lives until the cursor moves. Errors: those of the store.
  Result<const StoreRow*> peek();
  void next() { ++at_; }  // past the row that peek() gave

 private:
  Result<void> read_chunk();

  const StoreReader& store_;
  Bytes first_, last_;  // what the next chunk is of
  const ScanOrder order_;
  std::vector<StoreRow> chunk_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace florin
