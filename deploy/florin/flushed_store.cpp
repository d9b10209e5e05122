#include "deploy/florin/flushed_store.hpp"

namespace florin {

FlushedStore::FlushedStore(std::unique_ptr<Store> store, Failed failed, FlushPolicy policy)
    : store_(std::move(store)),
      failed_(std::move(failed)),
      policy_(policy),
      due_(std::chrono::steady_clock::now() + policy.interval) {}

Result<void> FlushedStore::write(const StoreBatch& batch) {
  FLORIN_TRY(heard(store_->write(batch)));
  bytes_ += batch.bytes();
  const auto now = std::chrono::steady_clock::now();
  if (now < due_) return {};
  due_ = now + policy_.interval;
  return std::exchange(bytes_, 0) <= policy_.bytes_max ? flush() : Result<void>();
}

}  // namespace florin
