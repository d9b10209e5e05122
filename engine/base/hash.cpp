#include "engine/base/hash.hpp"

#include <openssl/evp.h>

#include "engine/base/assert.hpp"

namespace florin {

Hash256 blake2b(ByteView data) {
  Hash256 out;
  crypto_generichash(out.data(), out.size(), data.data(), data.size(), nullptr, 0);
  return out;
}

Hash256 blake2b_keyed(ByteView key, ByteView data) {
  FLORIN_ASSERT(key.size() >= crypto_generichash_KEYBYTES_MIN &&
                key.size() <= crypto_generichash_KEYBYTES_MAX);
  Hash256 out;
  crypto_generichash(out.data(), out.size(), data.data(), data.size(), key.data(), key.size());
  return out;
}

Hash256 sha256(ByteView data) {
  // Fetched once: a fetch for each call costs more than a short hash (OpenSSL, "explicit fetching").
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Hash256 out;
  FLORIN_ASSERT(md != nullptr && EVP_Digest(data.data(), data.size(), out.data(), nullptr, md, nullptr) == 1);
  return out;
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Blake2b::Blake2b() { crypto_generichash_init(&state_, nullptr, 0, sizeof(Hash256)); }
Blake2b::Blake2b(ByteView key) { crypto_generichash_init(&state_, key.data(), key.size(), sizeof(Hash256)); }

Blake2b& Blake2b::update(ByteView data) {
  crypto_generichash_update(&state_, data.data(), data.size());
  return *this;
}

Hash256 Blake2b::finish() {
  Hash256 out;
  crypto_generichash_final(&state_, out.data(), out.size());
  return out;
}

void initialize_crypto() { FLORIN_ASSERT(sodium_init() >= 0); }

}  // namespace florin
