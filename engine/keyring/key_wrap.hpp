// A key sealed under the key-encryption key, bound to its purpose and id so that it cannot stand in for
// another (docs/formats/keyring.md). Pure but for the random nonce. Any thread.
#pragma once

#include <optional>

#include "engine/keyring/keyring.hpp"

namespace florin {

Bytes wrap_key(const SecretKey& kek, KeyPurpose purpose, KeyId id, const SecretKey& key);
// None when this key-encryption key, purpose and id do not open it.
std::optional<SecretKey> unwrap_key(const SecretKey& kek, KeyPurpose purpose, KeyId id, ByteView wrapped);

// A key-encryption key as text: base64 (RFC 4648 section 4) of 32 bytes, with one newline at the end or none.
// Errc::invalid_argument, without a word of the text.
Result<SecretKey> parse_kek(std::string_view text);

}  // namespace florin
