// Stores in memory that live on when they are closed, each under its folder, with the faults that a test asks
// for. A folder is made for each one, so that a test sees which of them were removed.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>

#include "engine/store/memory_store.hpp"
#include "projections/view_host.hpp"

namespace florin::test {

class StoreShelf {
 public:
  enum class Fault { none, write_refused, crash_after_write, open_corrupt, open_refused };

  projections::StoreFactory factory() {
    return [this](const std::filesystem::path& path) { return open(path); };
  }
  void set(Fault fault) {
    std::lock_guard lock(mutex_);
    fault_ = fault;
  }
  std::size_t opened() const {
    std::lock_guard lock(mutex_);
    return opened_;
  }
  // A crash: of every store only the first `batches` writes are left.
  void lose_writes_after(std::size_t batches) {
    std::lock_guard lock(mutex_);
    for (auto& [path, disk] : disks_) {
      std::lock_guard disk_lock(disk->mutex);
      if (disk->written.size() > batches) disk->written.resize(batches);
      disk->rows = std::make_unique<MemoryStore>();
      for (const StoreBatch& batch : disk->written) FLORIN_ASSERT(disk->rows->write(batch).has_value());
    }
  }

 private:
  struct Disk {
    std::mutex mutex;
    std::unique_ptr<MemoryStore> rows = std::make_unique<MemoryStore>();
    std::vector<StoreBatch> written;
  };

  class Open final : public Store {
   public:
    Open(StoreShelf& shelf, std::shared_ptr<Disk> disk) : shelf_(shelf), disk_(std::move(disk)) {}
    Result<std::optional<Bytes>> get(ByteView key) const override { return disk_->rows->get(key); }
    Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
      return disk_->rows->get_many(keys);
    }
    Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override {
      return disk_->rows->scan(first, last, order, visit);
    }
    Result<void> write(const StoreBatch& batch) override {
      const Fault fault = shelf_.fault();
      if (fault == Fault::write_refused) return fail(Errc::disk_full, "no space left");
      FLORIN_ASSERT(
          std::is_sorted(batch.operations().begin(), batch.operations().end(),
                         [](const auto& a, const auto& b) { return as_text(a.key) < as_text(b.key); }));
      FLORIN_TRY(disk_->rows->write(batch));
      std::lock_guard lock(disk_->mutex);
      disk_->written.push_back(batch);
      if (fault == Fault::crash_after_write) return fail(Errc::io, "crashed right after the write");
      return {};
    }
    Result<void> flush() override { return {}; }
    Result<std::unique_ptr<StoreReader>> snapshot() const override { return disk_->rows->snapshot(); }
    std::uint64_t bytes_on_disk() const override { return 0; }

   private:
    StoreShelf& shelf_;
    std::shared_ptr<Disk> disk_;
  };

  Fault fault() const {
    std::lock_guard lock(mutex_);
    return fault_;
  }
  Result<std::unique_ptr<Store>> open(const std::filesystem::path& path) {
    std::lock_guard lock(mutex_);
    ++opened_;
    if (fault_ == Fault::open_refused) return fail(Errc::key_refused, "another key wrote this store");
    if (fault_ == Fault::open_corrupt) {
      fault_ = Fault::none;
      return fail(Errc::corrupt, "a block fails its checksum");
    }
    if (!std::filesystem::exists(path)) disks_.erase(path);
    std::filesystem::create_directory(path);
    auto& disk = disks_[path];
    if (!disk) disk = std::make_shared<Disk>();
    return std::make_unique<Open>(*this, disk);
  }

  mutable std::mutex mutex_;
  Fault fault_ = Fault::none;
  std::size_t opened_ = 0;
  std::map<std::filesystem::path, std::shared_ptr<Disk>> disks_;
};

}  // namespace florin::test
