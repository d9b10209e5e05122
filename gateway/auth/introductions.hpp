// How a gateway introduces a caller whom it knows to a projector, which answers the caller's query: a short
// statement under a key that both derive from the newest token-signing key of the keyring. It says for whom,
// and which events the projector must have seen before it judges the caller.
//
// introduction := key:varint issued:varint book:varint kind:u8 id:u64 scopes:u16 version:varint
// partition:varint at:varint
//                 mac:32, in base64url behind "Florin "; mac := BLAKE2b-256, keyed, over what is before it
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "engine/clock/clock.hpp"
#include "engine/keyring/keyring.hpp"
#include "gateway/http/auth_context.hpp"

namespace florin::gateway {

// How long it holds, and how far the clocks of two machines may differ.
inline constexpr std::uint64_t introduction_ns_max = 30'000'000'000;

// Any thread. The keyring and the clock outlive it.
class Introductions final : public Authenticator {
 public:
  Introductions(const Keyring& keyring, const Clock& clock) : keyring_(keyring), clock_(clock) {}

  // The value of an Authorization field. Errors: those of the keyring.
  Result<std::string> introduce(const AuthContext& caller) const;
  tl::expected<AuthContext, AuthRefusal> authenticate(std::string_view authorization) override;

 private:
  using KeyPtr = std::shared_ptr<const SecretKey>;
  Result<KeyPtr> key(KeyId id) const;

  const Keyring& keyring_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::map<KeyId, KeyPtr> keys_;  // derived; guarded by mutex_
};

}  // namespace florin::gateway
