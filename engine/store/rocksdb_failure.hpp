// The first failure of a RocksDB, kept for good. Any thread.
#pragma once

#include <rocksdb/listener.h>
#include <rocksdb/status.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/result.hpp"

namespace florin {

// disk_full for "no space", io for other refusals of the system, corrupt for all that RocksDB finds wrong in
// its files.
Errc errc_of(const rocksdb::Status& status);

// Hears of RocksDB's background errors, and is told of those of the calls.
class RocksdbFailure final : public rocksdb::EventListener {
 public:
  explicit RocksdbFailure(std::string folder) : folder_(std::move(folder)) {}

  Result<void> check() const;                                          // the first failure, if there was one
  Error record(std::string_view what, const rocksdb::Status& status);  // the first failure, which this may be

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;

 private:
  const std::string folder_;
  std::atomic<bool> failed_ = false;
  mutable std::mutex mutex_;
  std::optional<Error> first_;
};

}  // namespace florin
