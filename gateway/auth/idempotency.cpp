#include "gateway/auth/idempotency.hpp"

#include <cstring>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"

namespace florin::gateway {
namespace {

// The first byte of what is hashed: one key serves two purposes, and no input of one may be an input of the
// other.
enum class Domain : std::uint8_t { id = 1, fingerprint = 2 };

}  // namespace

Result<std::unique_ptr<KeyedIdempotencyHasher>> KeyedIdempotencyHasher::open(const Keyring& keyring) {
  FLORIN_TRY_ASSIGN(const KeyId id, keyring.newest(KeyPurpose::fingerprint));
  FLORIN_TRY_ASSIGN(SecretKey key, keyring.key(KeyPurpose::fingerprint, id));
  return std::make_unique<KeyedIdempotencyHasher>(std::move(key));
}

CommandId KeyedIdempotencyHasher::id(const Principal& principal, BookId book, std::string_view key) const {
  Bytes input;
  Writer out(input);
  out.fixed(static_cast<std::uint8_t>(Domain::id));
  out.fixed(book.value);
  out.fixed(static_cast<std::uint8_t>(principal.kind));
  out.fixed(principal.id);
  out.raw(as_bytes(key));
  const Hash256 hash = blake2b_keyed(key_.view(), input);
  CommandId id;
  std::memcpy(&id.value, hash.data(), sizeof id.value);
  if (id.value == 0) id.value = 1;
  return id;
}

Hash256 KeyedIdempotencyHasher::fingerprint(std::string_view body) const {
  const auto domain = static_cast<std::uint8_t>(Domain::fingerprint);
  return Blake2b(key_.view()).update({&domain, 1}).update(as_bytes(body)).finish();
}

}  // namespace florin::gateway
