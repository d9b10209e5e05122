#include "projections/rows.hpp"

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
  rows_.sort();
  batch.append(std::move(rows_));
}

void RowBuffer::move_into(RowBuffer& rows) { rows.rows_.append(std::move(rows_)); }

}  // namespace florin::projections
