// The port to keys: symmetric keys by purpose and id, wrapped at rest by a key-encryption key. Never in the
// journal, never in a snapshot; its backup is a thing of its own.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/secret.hpp"
#include "schemas/ids.hpp"

namespace florin {

enum class KeyPurpose : std::uint8_t {
  data = 1,              // a partition's data keys: records and events are sealed under subkeys of them
  storage = 2,           // the encrypted Env under every RocksDB
  token_signing = 3,     // Ed25519 seed for access tokens
  fingerprint = 4,       // keyed hash of request bodies for idempotency keys, and of those keys themselves
  operator_signing = 5,  // Ed25519 seed: signs what an operator decides beside the journal
};

inline constexpr KeyPurpose key_purposes[] = {KeyPurpose::data, KeyPurpose::storage,
                                              KeyPurpose::token_signing, KeyPurpose::fingerprint,
                                              KeyPurpose::operator_signing};

std::string_view name(
    KeyPurpose purpose);  // "data", "storage", "token_signing", "fingerprint", "operator_signing"
std::optional<KeyPurpose> parse_key_purpose(std::string_view name);

struct KeyInfo {
  KeyPurpose purpose;
  KeyId id;
  Timestamp created;
};

// Any thread.
class Keyring {
 public:
  virtual ~Keyring() = default;
  // Errc::key_missing names purpose and id.
  virtual Result<SecretKey> key(KeyPurpose purpose, KeyId id) const = 0;
  virtual Result<KeyId> newest(KeyPurpose purpose) const = 0;  // Errc::key_missing when there is none
  // A fresh random key under the next id of its purpose (from 1), durable when it returns. Errors: io,
  // disk_full, overloaded, deadline, and those of opening the keyring.
  virtual Result<KeyId> create(KeyPurpose purpose) = 0;
  // Removes a key for good: what only it opens is lost. Returns when the keyring holds its bytes no more, as
  // far as that can be seen. Errors: invalid_argument (the newest of its purpose, which is in use),
  // key_missing, and those of create().
  virtual Result<void> destroy(KeyPurpose purpose, KeyId id) = 0;
  virtual std::vector<KeyInfo> list() const = 0;  // by purpose, then id
};

struct KeyInForce {
  KeyId id;
  Timestamp until;  // exclusive; for_ever for the newest
};
inline constexpr Timestamp for_ever{~std::uint64_t{0}};

// The newest key of the purpose, and every one whose successor is younger than the overlap, the newest first:
// what was made under a key just before a rotation is still to be recognised for that long. Empty when there
// is none.
std::vector<KeyInForce> keys_in_force(const Keyring& keyring, KeyPurpose purpose, Timestamp now,
                                      std::uint64_t overlap_ns);

}  // namespace florin
