// Says of each row of a batch whether it is fresh, as the engine does of the rows of its tables.
#pragma once

#include "tests/support/forwarding_store.hpp"

namespace florin::test {

class FreshRows final : public ForwardingStore {
 public:
  explicit FreshRows(Store& rows) : ForwardingStore(rows), rows_(rows) {}

  Result<void> write(const StoreBatch& batch) override {
    StoreBatch told;
    for (const RowChange& row : batch.operations()) {
      FLORIN_TRY_ASSIGN(const auto stored, rows_.get(row.key));
      std::size_t in_batch = 0;
      for (const RowChange& other : batch.operations())
        in_batch += std::ranges::equal(other.key, row.key) ? 1u : 0u;
      told.add({row.key, row.value, row.value && !stored && in_batch == 1});
    }
    return rows_.write(told);
  }

 private:
  Store& rows_;
};

}  // namespace florin::test
