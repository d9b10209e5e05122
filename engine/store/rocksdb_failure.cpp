#include "engine/store/rocksdb_failure.hpp"

namespace florin {

Errc errc_of(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return Errc::disk_full;
  if (status.IsPathNotFound()) return Errc::corrupt;  // a file that belongs to the store is gone
  if (status.IsIOError() || status.IsAborted() || status.IsMemoryLimit() || status.IsBusy()) return Errc::io;
  return Errc::corrupt;
}

Result<void> RocksdbFailure::check() const {
  if (!failed_.load(std::memory_order_acquire)) return {};
  std::lock_guard lock(mutex_);
  return fail(*first_);
}

Error RocksdbFailure::record(std::string_view what, const rocksdb::Status& status) {
  std::lock_guard lock(mutex_);
  if (!first_) {
    first_ = Error{errc_of(status),
                   "the store " + folder_ + " failed to " + std::string(what) + ": " + status.ToString() +
                       "; start again, and if it fails again remove that folder: it is rebuilt from "
                       "the journal"};
    failed_.store(true, std::memory_order_release);
  }
  return *first_;
}

void RocksdbFailure::OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) {
  record("flush or compact in the background", *status);
}

}  // namespace florin
