// What the command header carries in place of an Idempotency-Key and of the body that came with it: keyed
// hashes.
#pragma once

#include <memory>
#include <mutex>

#include "engine/clock/clock.hpp"
#include "engine/keyring/keyring.hpp"
#include "gateway/http/auth_context.hpp"

namespace florin::gateway {

// Under the newest key of the purpose fingerprint, and under those before it that may have been used within
// the retention of Idempotency-Keys. Any thread.
class KeyedIdempotencyHasher final : public IdempotencyHasher {
 public:
  // What engine time, the clock and calls in flight may differ by is on top of the retention.
  static constexpr std::uint64_t overlap_ns = key_retention_ns + 3600ull * 1'000'000'000;

  // The clock must outlive it. Errors: key_missing, overloaded (more than keyed_calls_max keys in force), io.
  static Result<std::unique_ptr<KeyedIdempotencyHasher>> open(const Keyring& keyring, const Clock& clock);
  Result<void> reload(const Keyring& keyring);  // on an error the keys in force stay

  // The id is 128 bits of a keyed BLAKE2b over book, principal and key, never 0; the fingerprint is one of
  // what was asked.
  std::vector<KeyedCall> hash(const Principal& principal, BookId book, std::string_view key,
                              std::string_view asked) const override;

 private:
  struct Key {
    SecretKey secret;
    Timestamp until;
  };
  using Keys = std::vector<Key>;  // the newest first

  explicit KeyedIdempotencyHasher(const Clock& clock) : clock_(clock) {}
  std::shared_ptr<const Keys> current() const;

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Keys> keys_;
};

}  // namespace florin::gateway
