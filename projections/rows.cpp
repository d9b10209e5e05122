#include "projections/rows.hpp"

#include <algorithm>

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

void RowBuffer::move_into(StoreBatch& batch) {
  std::stable_sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  for (auto& [key, value] : rows_) {
    if (value) batch.put(std::move(key), *std::move(value));
    else batch.erase(std::move(key));
  }
  rows_.clear();
}

}  // namespace florin::projections
