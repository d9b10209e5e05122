// A store of its own on a temporary folder, and rows of text.
#pragma once

#include <doctest/doctest.h>

#include "engine/store/rocksdb_store.hpp"
#include "tests/support/storage_keys.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::test {

struct RocksdbFixture {
  TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "state";
  std::shared_ptr<StorageKeys> keys = storage_keys(SecretKey::random());

  std::unique_ptr<RocksdbStore> open(StoreOptions options = {}) {
    auto store = RocksdbStore::open(path, keys, options);
    REQUIRE_MESSAGE(store, store.error().message);
    return std::move(*store);
  }
};

inline Bytes bytes(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

inline void put(Store& store, std::string_view key, std::string_view value) {
  StoreBatch batch;
  batch.put(bytes(key), bytes(value));
  REQUIRE(store.write(batch));
}

}  // namespace florin::test
