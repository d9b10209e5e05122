// The Ed25519 keys of access tokens: the newest signs, all that are known verify, so that keys rotate while
// tokens of the one before still live. The public halves are published as a JWK set.
//
// Sources: RFC 8032 (Ed25519), RFC 8037 (its keys as JWK), RFC 7638 (thumbprint, which is the key's id).
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/keyring/keyring.hpp"

namespace florin::gateway {

using Signature = std::array<std::uint8_t, 64>;

// Immutable once loaded; any thread.
class SigningKeys {
 public:
  static constexpr std::size_t keys_max = 16;  // the newest ones of the keyring; older ones verify nothing

  SigningKeys();
  ~SigningKeys();
  SigningKeys(SigningKeys&&) noexcept;
  SigningKeys& operator=(SigningKeys&&) noexcept;

  // All keys of the purpose token_signing. Errors: key_missing when there is none, key_refused, io.
  static Result<SigningKeys> load(const Keyring& keyring);

  // The key added last is the newest. Errors: io, when OpenSSL does not take the seed.
  Result<void> add(const SecretKey& seed);

  const std::string& newest_kid() const;                   // some key must be there
  Result<Signature> sign(std::string_view message) const;  // by the newest key; Errc::io when OpenSSL fails
  bool knows(std::string_view kid) const;
  bool verify(std::string_view kid, std::string_view message, ByteView signature) const;
  std::string jwks() const;  // the JWK set document, newest first

 private:
  struct Key;
  const Key* find(std::string_view kid) const;
  std::vector<Key> keys_;  // oldest first
};

// The keys in force. A reload swaps them whole; who holds the ones before may finish with them. Any thread.
class TokenKeys {
 public:
  explicit TokenKeys(SigningKeys keys);
  std::shared_ptr<const SigningKeys> current() const;
  Result<void> reload(const Keyring& keyring);  // on an error the keys in force stay

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const SigningKeys> keys_;
};

}  // namespace florin::gateway
