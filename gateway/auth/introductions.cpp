#include "gateway/auth/introductions.hpp"

#include <algorithm>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"

namespace florin::gateway {
namespace {

constexpr std::string_view scheme = "Florin ";
constexpr std::string_view label = "florin introductions v0";
constexpr std::size_t mac_bytes = 32;

struct Introduction {
  KeyId key;
  Timestamp issued;
  AuthContext caller;
};

Bytes encode(const Introduction& introduction) {
  Bytes bytes;
  Writer out(bytes);
  const AuthContext& caller = introduction.caller;
  out.varint(introduction.key.value);
  out.varint(introduction.issued.value);
  out.varint(caller.book.value);
  out.fixed(static_cast<std::uint8_t>(caller.principal.kind));
  out.fixed(caller.principal.id);
  out.fixed(caller.scopes);
  out.varint(caller.credential_version);
  out.varint(caller.partition.value);
  out.varint(caller.known_at.value);
  return bytes;
}

std::optional<Introduction> decode(ByteView bytes) {
  Reader in(bytes);
  Introduction introduction;
  AuthContext& caller = introduction.caller;
  introduction.key = {in.varint<std::uint32_t>()};
  introduction.issued = {in.varint()};
  caller.book = {in.varint<std::uint32_t>()};
  caller.principal.kind = static_cast<PrincipalKind>(in.fixed<std::uint8_t>());
  caller.principal.id = in.fixed<std::uint64_t>();
  caller.scopes = in.fixed<std::uint16_t>();
  caller.credential_version = in.varint<std::uint32_t>();
  caller.partition = {in.varint<PartitionId::Value>()};
  caller.known_at = {in.varint()};
  if (!in.done()) return std::nullopt;
  return introduction;
}

Hash256 mac(const SecretKey& key, ByteView bytes) { return Blake2b(key.view()).update(bytes).finish(); }

bool near(Timestamp a, Timestamp b) {
  return std::max(a.value, b.value) - std::min(a.value, b.value) <= introduction_ns_max;
}

}  // namespace

Result<std::string> Introductions::introduce(const AuthContext& caller) const {
  FLORIN_TRY_ASSIGN(const KeyId newest, keyring_.newest(KeyPurpose::token_signing));
  FLORIN_TRY_ASSIGN(const KeyPtr its_key, key(newest));
  Bytes bytes = encode({newest, clock_.now(), caller});
  const Hash256 sealed = mac(*its_key, bytes);
  bytes.insert(bytes.end(), sealed.begin(), sealed.end());
  return std::string(scheme) + to_base64url(bytes);
}

tl::expected<AuthContext, AuthRefusal> Introductions::authenticate(std::string_view authorization) {
  if (!authorization.starts_with(scheme)) return tl::unexpected(AuthRefusal::malformed);
  const auto bytes = from_base64url(authorization.substr(scheme.size()));
  if (!bytes || bytes->size() <= mac_bytes) return tl::unexpected(AuthRefusal::malformed);
  const ByteView body = ByteView(*bytes).first(bytes->size() - mac_bytes);
  const auto introduction = decode(body);
  if (!introduction) return tl::unexpected(AuthRefusal::malformed);
  const auto its_key = key(introduction->key);
  if (!its_key) return tl::unexpected(AuthRefusal::unavailable);
  if (!equal_in_constant_time(mac(**its_key, body), ByteView(*bytes).last(mac_bytes)))
    return tl::unexpected(AuthRefusal::forged);
  if (!near(introduction->issued, clock_.now())) return tl::unexpected(AuthRefusal::expired);
  return introduction->caller;
}

Result<Introductions::KeyPtr> Introductions::key(KeyId id) const {
  const std::lock_guard lock(mutex_);
  if (const auto known = keys_.find(id); known != keys_.end()) return known->second;
  FLORIN_TRY_ASSIGN(const SecretKey seed, keyring_.key(KeyPurpose::token_signing, id));
  const Hash256 derived = Blake2b(seed.view()).update(as_bytes(label)).finish();
  return keys_.emplace(id, std::make_shared<const SecretKey>(ByteView(derived))).first->second;
}

}  // namespace florin::gateway
