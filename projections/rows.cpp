#include "projections/rows.hpp"

#include <algorithm>

namespace florin::projections {

void RowBuffer::move_into(StoreBatch& batch) {
  std::stable_sort(rows_.begin(), rows_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [key, value] : rows_) batch.put(std::move(key), std::move(value));
  rows_.clear();
}

}  // namespace florin::projections
