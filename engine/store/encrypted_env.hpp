// The Env under every RocksDB: each file is encrypted with AES-256-CTR under the storage key, from a random
// counter of its own that stands in a plain prefix (docs/formats/state.md). It keeps secrets; it does not
// prove integrity, which is why the journal is the truth and a store is only its cache.
//
// Owner: the RocksDB store, which it must outlive. Any thread.
#pragma once

#include <rocksdb/env.h>

#include <filesystem>
#include <memory>

#include "engine/base/result.hpp"
#include "engine/base/secret.hpp"
#include "schemas/ids.hpp"

namespace florin {

// The id is only named in errors; the key is known by its check value.
std::unique_ptr<rocksdb::Env> make_encrypted_env(const SecretKey& storage_key, KeyId id);

// Asks the file's prefix whether this key wrote it. Errors: key_refused (names both keys), format (no
// encrypted file), io.
Result<void> check_encrypted_file(const std::filesystem::path& file, const SecretKey& storage_key, KeyId id);

// Removes RocksDB's files that are too short for a whole prefix: a crash or a full disk stopped their making,
// they hold nothing, and RocksDB's Env would stop the process on them. Errors: io.
Result<void> remove_unmade_files(const std::filesystem::path& folder);

}  // namespace florin
