// The store of a read model, flushed now and then, and heard when it fails. One that takes few rows fills no
// memtable for millions of events: without a flush it would forget all of them in a crash, and read them
// again at the next start. One that has failed answers nothing any more until it is opened again, so its
// owner must know.
//
// Threads and errors as in the port; the flush is part of a write.
#pragma once

#include <chrono>

#include "engine/store/store.hpp"

namespace florin {

struct FlushPolicy {
  std::chrono::milliseconds interval{2'000};  // at most so often
  std::size_t bytes_max = 1u << 20;  // who has written more fills memtables by itself, without waiting
};

class FlushedStore final : public Store {
 public:
  // Called from any thread, after each call that failed because of the disk.
  using Failed = std::function<void(const Error&)>;

  FlushedStore(std::unique_ptr<Store> store, Failed failed, FlushPolicy policy = {});

  Result<std::optional<Bytes>> get(ByteView key) const override { return heard(store_->get(key)); }
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
    return heard(store_->get_many(keys));
  }
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override {
    return heard(store_->scan(first, last, order, visit));
  }
  Result<void> write(const StoreBatch& batch) override;
  Result<void> flush() override { return heard(store_->flush()); }
  Result<std::unique_ptr<StoreReader>> snapshot() const override { return heard(store_->snapshot()); }
  std::uint64_t bytes_on_disk() const override { return store_->bytes_on_disk(); }

 private:
  // A corrupt row is not told: another start would meet it again.
  template <class T>
  Result<T> heard(Result<T> result) const {
    if (!result && (result.error().code == Errc::disk_full || result.error().code == Errc::io))
      failed_(result.error());
    return result;
  }

  const std::unique_ptr<Store> store_;
  const Failed failed_;
  const FlushPolicy policy_;
  std::chrono::steady_clock::time_point due_;
  std::size_t bytes_ = 0;  // written since then
};

}  // namespace florin
