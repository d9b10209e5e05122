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

#include "engine/clock/clock.hpp"
#include "engine/keyring/keyring.hpp"

namespace florin::gateway {

using Signature = std::array<std::uint8_t, 64>;

// A key verifies for this long after its successor was made: until the last token that it signed has expired,
// with a minute for clocks and calls in flight.
inline constexpr std::uint64_t signing_overlap_s = 660;

// Immutable once loaded; any thread.
class SigningKeys {
 public:
  static constexpr std::size_t keys_max = 16;  // the newest ones of the keyring; older ones verify nothing

  SigningKeys();
  ~SigningKeys();
  SigningKeys(SigningKeys&&) noexcept;
  SigningKeys& operator=(SigningKeys&&) noexcept;

  // The keys of the purpose token_signing that are in force. Errors: key_missing when there is none, io.
  static Result<SigningKeys> load(const Keyring& keyring, Timestamp now);

  // The key added last is the newest. Errors: io, when OpenSSL does not take the seed.
  Result<void> add(const SecretKey& seed, Timestamp until = for_ever);

  SigningKeys in_force(Timestamp now) const;  // without those whose time is over
  Timestamp next_end() const;                 // when the first of them ends

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
  TokenKeys(SigningKeys keys, const Clock& clock);  // the clock must outlive it
  std::shared_ptr<const SigningKeys> current() const;
  Result<void> reload(const Keyring& keyring);  // on an error the keys in force stay

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const SigningKeys> keys_;
};

}  // namespace florin::gateway
