#include "engine/store/row_cursor.hpp"

namespace florin {

Result<const StoreRow*> RowCursor::peek() {
  if (at_ == chunk_.size() && !ended_) FLORIN_TRY(read_chunk());
  return at_ < chunk_.size() ? &chunk_[at_] : nullptr;
}

Result<void> RowCursor::read_chunk() {
  chunk_.clear();
  at_ = 0;
  std::size_t bytes = 0;
  FLORIN_TRY(store_.scan(first_, last_, order_, [&](ByteView key, ByteView value) {
    chunk_.push_back({Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end())});
    bytes += key.size() + value.size();
    return chunk_.size() < cursor_rows_max && bytes < cursor_bytes_max;
  }));
  ended_ = chunk_.empty();
  if (ended_) return {};
  if (order_ == ScanOrder::descending) {
    last_ = chunk_.back().key;
    return {};
  }
  first_ = chunk_.back().key;
  first_.push_back(0);  // the smallest key behind the last one
  return {};
}

}  // namespace florin
