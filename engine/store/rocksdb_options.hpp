// How RocksDB is set up, and why: known faults of the release in use, and measurements
// (docs/formats/state.md).
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include "engine/store/rocksdb_failure.hpp"
#include "engine/store/rocksdb_store.hpp"

namespace florin {

rocksdb::Options rocksdb_options(const StoreOptions& options, rocksdb::Env* env,
                                 std::shared_ptr<RocksdbFailure> failure);

Result<void> check_options(const StoreOptions& options);  // Errc::invalid_argument

}  // namespace florin
