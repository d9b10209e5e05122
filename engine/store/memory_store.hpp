// A store in memory, for tests and for rooms that need no disk: nothing outlives it, so flush() has nothing
// to do. Any thread reads, one thread writes. No call fails.
#pragma once

#include <map>
#include <shared_mutex>

#include "engine/store/store.hpp"

namespace florin {

class MemoryStore final : public Store {
 public:
  Result<std::optional<Bytes>> get(ByteView key) const override;
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override;
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override;
  Result<void> write(const StoreBatch& batch) override;
  Result<void> flush() override { return {}; }
  Result<std::unique_ptr<StoreReader>> snapshot() const override;
  std::uint64_t bytes_on_disk() const override { return 0; }

 private:
  using Rows = std::map<Bytes, Bytes>;
  class Snapshot;

  static std::optional<Bytes> find(const Rows& rows, ByteView key);
  static std::vector<std::optional<Bytes>> find_many(const Rows& rows, const std::vector<Bytes>& keys);
  static void walk(const Rows& rows, ByteView first, ByteView last, ScanOrder order, const Visitor& visit);

  mutable std::shared_mutex mutex_;
  std::shared_ptr<Rows> rows_ = std::make_shared<Rows>();
  // A snapshot holds rows_ as well: the next write changes a copy and leaves the snapshot its moment.
  mutable bool rows_are_shared_ = false;
};

}  // namespace florin
