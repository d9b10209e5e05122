#include "engine/keyring/key_wrap.hpp"

#include <algorithm>

#include "engine/base/codec.hpp"
#include "engine/base/hex.hpp"

namespace florin {
namespace {

// wrapped = nonce 24 | key 32 under XChaCha20-Poly1305 | tag 16
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t wrapped_bytes = nonce_bytes + SecretKey::size() + tag_bytes;

Bytes associated_data(KeyPurpose purpose, KeyId id) {
  Bytes bytes;
  Writer writer(bytes);
  writer.raw(as_bytes("florin wrapped key v0"));
  writer.fixed(static_cast<std::uint8_t>(purpose));
  writer.fixed(id.value);
  return bytes;
}

}  // namespace

Bytes wrap_key(const SecretKey& kek, KeyPurpose purpose, KeyId id, const SecretKey& key) {
  const Bytes data = associated_data(purpose, id);
  Bytes wrapped(wrapped_bytes);
  randombytes_buf(wrapped.data(), nonce_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped.data() + nonce_bytes, nullptr, key.data(),
                                             SecretKey::size(), data.data(), data.size(), nullptr,
                                             wrapped.data(), kek.data());
  return wrapped;
}

std::optional<SecretKey> unwrap_key(const SecretKey& kek, KeyPurpose purpose, KeyId id, ByteView wrapped) {
  if (wrapped.size() != wrapped_bytes) return std::nullopt;
  const Bytes data = associated_data(purpose, id);
  SecretKey key;
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      key.data(), nullptr, nullptr, wrapped.data() + nonce_bytes, wrapped.size() - nonce_bytes, data.data(),
      data.size(), wrapped.data(), kek.data());
  if (opened != 0) return std::nullopt;
  return key;
}

Keks Keks::clone() const {
  Keks keks{newest.clone(), std::nullopt};
  if (before) keks.before = before->clone();
  return keks;
}

std::uint32_t newest_kek_version(std::uint32_t newest, std::uint32_t before) {
  return std::max({newest, before + (newest == 0 ? 1 : 0), 1u});
}

Error nothing_to_wrap_again() {
  return {Errc::already_exists,
          "all keys are wrapped under the key-encryption key that was given; to rotate it, start with a new "
          "one as FLORIN_KEK and this one as FLORIN_KEK_BEFORE, and call this again"};
}

Result<SecretKey> parse_kek(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::optional<Bytes> bytes = from_base64(text);
  const bool fits = bytes && bytes->size() == SecretKey::size();
  Result<SecretKey> kek =
      fits ? Result<SecretKey>(SecretKey(*bytes))
           : fail(Errc::invalid_argument,
                  "the key-encryption key must be 32 bytes in base64, 44 characters with padding; "
                  "`openssl rand -base64 32` makes one");
  if (bytes) sodium_memzero(bytes->data(), bytes->size());
  return kek;
}

}  // namespace florin
