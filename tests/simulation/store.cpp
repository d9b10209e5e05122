#include "tests/simulation/store.hpp"

namespace florin::simulation {

Result<void> FaultyStore::write(const StoreBatch& batch) {
  FLORIN_TRY(check());
  const bool refused = chance_.one_in(refuses);
  if (!refused || chance_.one_in(2)) writes_.push_back(batch);
  if (refused) {
    failed_ = true;
    chance_.met(Fault::store_write_refused);
    return fail(Errc::io, "the store has failed");
  }
  FLORIN_TRY(rows_->write(batch));
  if (forgets_a_row && batch.operations().size() > 2 && chance_.one_in(8)) {
    StoreBatch forgotten;
    forgotten.erase(batch.operations().back().key);
    FLORIN_TRY(rows_->write(forgotten));
  }
  if (chance_.one_in(8)) {
    chance_.met(Fault::store_flushed);
    durable_ = writes_.size();
  }
  return {};
}

Result<void> FaultyStore::flush() {
  FLORIN_TRY(check());
  if (chance_.one_in(refuses)) {
    failed_ = true;
    chance_.met(Fault::store_flush_refused);
    return fail(Errc::io, "the store has failed");
  }
  durable_ = writes_.size();
  return {};
}

void FaultyStore::crash() {
  const std::size_t kept = durable_ + chance_.below(writes_.size() - durable_ + 1);
  if (kept < writes_.size()) chance_.met(Fault::store_writes_lost);
  writes_.resize(kept);
  if (loses_a_middle_write && kept > durable_ + 1)
    writes_.erase(writes_.begin() +
                  static_cast<std::ptrdiff_t>(durable_ + chance_.below(kept - durable_ - 1)));
  durable_ = writes_.size();
  failed_ = false;
  rows_ = std::make_unique<MemoryStore>();
  for (const StoreBatch& batch : writes_) {
    [[maybe_unused]] const auto always = rows_->write(batch);
  }
}

}  // namespace florin::simulation
