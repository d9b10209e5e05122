// The Env under every RocksDB: each file is encrypted with AES-256-CTR under a storage key, from a random
// counter of its own that stands in a plain prefix (docs/formats/state.md). It keeps secrets; it does not
// prove integrity, which is why the journal is the truth and a store is only its cache.
//
// Owner: the RocksDB store, which it must outlive. Any thread.
#pragma once

#include <rocksdb/env.h>

#include <filesystem>
#include <memory>

#include "engine/store/storage_keys.hpp"

namespace florin {

std::unique_ptr<rocksdb::Env> make_encrypted_env(std::shared_ptr<const StorageKeys> keys);

// Asks the file's prefix whether one of these keys wrote it. Errors: those of StorageKeys::open_prefix, io.
Result<void> check_encrypted_file(const std::filesystem::path& file, const StorageKeys& keys);

// Removes the name that RocksDB gave the store, where it stands under an older key: RocksDB makes another.
// All else is written anew at each open, or with the tables in time. Errors: io.
Result<void> remove_old_identity(const std::filesystem::path& folder, KeyId newest);

// Removes RocksDB's files that are too short for a whole prefix: a crash or a full disk stopped their making,
// they hold nothing, and RocksDB's Env would stop the process on them. Errors: io.
Result<void> remove_unmade_files(const std::filesystem::path& folder);

}  // namespace florin
