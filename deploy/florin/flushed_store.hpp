// A store that is flushed now and then. One that takes few rows fills no memtable for millions of events:
// without this it would forget all of them in a crash, and read them again at the next start.
//
// Threads and errors as in the port; the flush is part of a write.
#pragma once

#include <chrono>

#include "engine/store/store.hpp"

namespace florin {

struct FlushPolicy {
  std::chrono::milliseconds interval{10'000};  // at most so often
  std::size_t bytes_max = 8u << 20;  // who has written more fills memtables by itself, without waiting
};

class FlushedStore final : public Store {
 public:
  explicit FlushedStore(std::unique_ptr<Store> store, FlushPolicy policy = {});

  Result<std::optional<Bytes>> get(ByteView key) const override { return store_->get(key); }
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
    return store_->get_many(keys);
  }
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override {
    return store_->scan(first, last, order, visit);
  }
  Result<void> write(const StoreBatch& batch) override;
  Result<void> flush() override { return store_->flush(); }
  Result<std::unique_ptr<StoreReader>> snapshot() const override { return store_->snapshot(); }
  std::uint64_t bytes_on_disk() const override { return store_->bytes_on_disk(); }

 private:
  const std::unique_ptr<Store> store_;
  const FlushPolicy policy_;
  std::chrono::steady_clock::time_point due_;
  std::size_t bytes_ = 0;  // written since then
};

}  // namespace florin
