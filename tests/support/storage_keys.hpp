// The storage keys of a test: one, with an id.
#pragma once

#include "engine/store/storage_keys.hpp"

namespace florin::test {

inline std::shared_ptr<StorageKeys> storage_keys(const SecretKey& key, KeyId id = {1}) {
  auto keys = std::make_shared<StorageKeys>();
  keys->add(id, key);
  return keys;
}

}  // namespace florin::test
