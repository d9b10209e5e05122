// The opened keys of a keyring, in memory: what the adapters for files and for memory look up in. Not
// synchronized; wiped with the object.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/keyring/keyring.hpp"

namespace florin {

std::string describe(KeyPurpose purpose, KeyId id);  // "data key 2", for errors
Error newest_is_kept(KeyPurpose purpose, KeyId id);  // why destroy() refuses it

class KeyTable {
 public:
  // False, and nothing changed, when the id is taken or 0.
  bool add(const KeyInfo& info, SecretKey key);

  // Errors: invalid_argument (it is the newest of its purpose), key_missing.
  Result<void> remove(KeyPurpose purpose, KeyId id);

  Result<SecretKey> key(KeyPurpose purpose, KeyId id) const;
  Result<KeyId> newest(KeyPurpose purpose) const;
  KeyId next(KeyPurpose purpose) const;
  std::vector<KeyInfo> list() const;

 private:
  struct Entry {
    Timestamp created;
    SecretKey key;
  };
  std::map<std::pair<KeyPurpose, KeyId>, Entry> entries_;
};

}  // namespace florin
