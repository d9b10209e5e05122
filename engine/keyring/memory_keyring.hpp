// A keyring that lives and dies with the process, for tests and for keys that the caller brings. Any thread.
#pragma once

#include <mutex>

#include "engine/keyring/key_table.hpp"

namespace florin {

class MemoryKeyring final : public Keyring {
 public:
  MemoryKeyring() = default;  // empty

  // A key with an id that the caller chose. Errors: already_exists, invalid_argument (id 0).
  Result<void> add(KeyPurpose purpose, KeyId id, SecretKey key, Timestamp created = {});

  Result<SecretKey> key(KeyPurpose purpose, KeyId id) const override;
  Result<KeyId> newest(KeyPurpose purpose) const override;
  Result<KeyId> create(KeyPurpose purpose) override;
  Result<void> destroy(KeyPurpose purpose, KeyId id) override;
  std::vector<KeyInfo> list() const override;

 private:
  mutable std::mutex mutex_;
  KeyTable keys_;
};

}  // namespace florin
