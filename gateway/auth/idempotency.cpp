#include "gateway/auth/idempotency.hpp"

#include <cstring>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"

namespace florin::gateway {
namespace {

// The first byte of what is hashed: one key serves two purposes, and no input of one may be an input of the
// other.
enum class Domain : std::uint8_t { id = 1, fingerprint = 2 };

CommandId id_of(const SecretKey& secret, const Principal& principal, BookId book, std::string_view key) {
  Bytes input;
  Writer out(input);
  out.fixed(static_cast<std::uint8_t>(Domain::id));
  out.fixed(book.value);
  out.fixed(static_cast<std::uint8_t>(principal.kind));
  out.fixed(principal.id);
  out.raw(as_bytes(key));
  const Hash256 hash = blake2b_keyed(secret.view(), input);
  CommandId id;
  std::memcpy(&id.value, hash.data(), sizeof id.value);
  if (id.value == 0) id.value = 1;
  return id;
}

Hash256 fingerprint_of(const SecretKey& secret, std::string_view asked) {
  const auto domain = static_cast<std::uint8_t>(Domain::fingerprint);
  return Blake2b(secret.view()).update({&domain, 1}).update(as_bytes(asked)).finish();
}

}  // namespace

Result<std::unique_ptr<KeyedIdempotencyHasher>> KeyedIdempotencyHasher::open(const Keyring& keyring,
                                                                             const Clock& clock) {
  std::unique_ptr<KeyedIdempotencyHasher> hasher(new KeyedIdempotencyHasher(clock));
  FLORIN_TRY(hasher->reload(keyring));
  return hasher;
}

Result<void> KeyedIdempotencyHasher::reload(const Keyring& keyring) {
  FLORIN_TRY(keyring.newest(KeyPurpose::fingerprint));
  const auto in_force = keys_in_force(keyring, KeyPurpose::fingerprint, clock_.now(), overlap_ns);
  if (in_force.size() > keyed_calls_max)
    return fail(Errc::overloaded, std::to_string(in_force.size()) +
                                      " fingerprint keys were in force within the last 7 days; at most " +
                                      std::to_string(keyed_calls_max) + " may be");
  auto fresh = std::make_shared<Keys>();
  for (const KeyInForce& info : in_force) {
    FLORIN_TRY_ASSIGN(SecretKey secret, keyring.key(KeyPurpose::fingerprint, info.id));
    fresh->push_back({std::move(secret), info.until});
  }
  const std::lock_guard lock(mutex_);
  keys_ = std::move(fresh);
  return {};
}

std::shared_ptr<const KeyedIdempotencyHasher::Keys> KeyedIdempotencyHasher::current() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

std::vector<KeyedCall> KeyedIdempotencyHasher::hash(const Principal& principal, BookId book,
                                                    std::string_view key, std::string_view asked) const {
  const auto keys = current();
  const Timestamp now = clock_.now();
  std::vector<KeyedCall> calls;
  calls.reserve(keys->size());
  for (const Key& each : *keys)
    if (now < each.until)
      calls.push_back({id_of(each.secret, principal, book, key), fingerprint_of(each.secret, asked)});
  return calls;
}

}  // namespace florin::gateway
