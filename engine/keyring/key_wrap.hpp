// A key sealed under the key-encryption key, bound to its purpose and id so that it cannot stand in for
// another (docs/formats/keyring.md). Pure but for the random nonce. Any thread.
#pragma once

#include <optional>

#include "engine/keyring/keyring.hpp"

namespace florin {

Bytes wrap_key(const SecretKey& kek, KeyPurpose purpose, KeyId id, const SecretKey& key);
// None when this key-encryption key, purpose and id do not open it.
std::optional<SecretKey> unwrap_key(const SecretKey& kek, KeyPurpose purpose, KeyId id, ByteView wrapped);

// The newest key-encryption key, and the one before it, under which keys may still be wrapped.
struct Keks {
  SecretKey newest;
  std::optional<SecretKey> before{};
  Keks clone() const;
};

// How the keys are wrapped.
struct KekStatus {
  std::uint32_t version = 1;  // of the newest key-encryption key
  std::size_t behind = 0;     // keys that are wrapped under an older one
};

// The newest key-encryption key has the version of the keys that it opens, or the next one when it opens
// none. `newest` and `before` are the highest versions of keys that each of them opens, 0 for none.
std::uint32_t newest_kek_version(std::uint32_t newest, std::uint32_t before);

Error nothing_to_wrap_again();  // why a rotation of a key-encryption key that was brought is refused

// A key-encryption key as text: base64 (RFC 4648 section 4) of 32 bytes, with one newline at the end or none.
// Errc::invalid_argument, without a word of the text.
Result<SecretKey> parse_kek(std::string_view text);

}  // namespace florin
