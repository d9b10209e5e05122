#include "projections/rows.hpp"

#include <algorithm>
#include <iterator>

namespace florin::projections {

Result<std::optional<StoredRow>> last_row(const StoreReader& store, const Bytes& prefix, std::uint64_t last) {
  std::optional<StoredRow> found;
  const auto visit = [&](ByteView key, ByteView value) {
    found = StoredRow{{key.begin(), key.end()}, {value.begin(), value.end()}};
    return false;
  };
  FLORIN_TRY(store.scan(prefix, end_of(prefix, last), ScanOrder::descending, visit));
  return found;
}

// Places are sorted, which is cheaper than to move rows about.
void RowBuffer::move_into(StoreBatch& batch) {
  std::vector<StoreOperation*> sorted;
  sorted.reserve(rows_.size());
  for (StoreOperation& row : rows_) sorted.push_back(&row);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->key < b->key; });
  for (StoreOperation* row : sorted) {
    if (row->value) batch.put(std::move(row->key), *std::move(row->value));
    else batch.erase(std::move(row->key));
  }
  rows_.clear();
}

void RowBuffer::move_into(RowBuffer& rows) {
  std::move(rows_.begin(), rows_.end(), std::back_inserter(rows.rows_));
  rows_.clear();
}

}  // namespace florin::projections
