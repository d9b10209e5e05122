// The opened keys of a keyring, in memory: what both adapters look up in. Not synchronized; wiped with the
// object.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "engine/keyring/keyring.hpp"

namespace florin {

class KeyTable {
 public:
  // False, and nothing changed, when the id is taken or 0.
  bool add(const KeyInfo& info, SecretKey key);

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
