// What the command header carries in place of an Idempotency-Key and of the body that came with it: keyed
// hashes.
#pragma once

#include <memory>

#include "engine/keyring/keyring.hpp"
#include "gateway/http/auth_context.hpp"

namespace florin::gateway {

// Under the newest key of the purpose fingerprint, read once. Immutable; any thread.
class KeyedIdempotencyHasher final : public IdempotencyHasher {
 public:
  explicit KeyedIdempotencyHasher(SecretKey key) : key_(std::move(key)) {}
  static Result<std::unique_ptr<KeyedIdempotencyHasher>> open(
      const Keyring& keyring);  // key_missing, key_refused, io

  // 128 bits of a keyed BLAKE2b over book, principal and key; never 0, which stands for "no key given".
  CommandId id(const Principal& principal, BookId book, std::string_view key) const override;
  Hash256 fingerprint(std::string_view body) const override;

 private:
  const SecretKey key_;
};

}  // namespace florin::gateway
