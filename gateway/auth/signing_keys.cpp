#include "gateway/auth/signing_keys.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "gateway/json/writer.hpp"

namespace florin::gateway {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const std::uint8_t* data(std::string_view text) { return as_bytes(text).data(); }

// OpenSSL keeps failures in a queue of the thread; left there, they would be taken for a later call's.
tl::unexpected<Error> openssl_failed(std::string what) {
  ERR_clear_error();
  return fail(Errc::io, "OpenSSL could not " + std::move(what) + "; check its configuration and provider");
}

// RFC 7638 section 3: the required members of the key in order, without white space.
std::string thumbprint(std::string_view x) {
  const std::string members = R"({"crv":"Ed25519","kty":"OKP","x":")" + std::string(x) + R"("})";
  return to_base64url(sha256(as_bytes(members)));
}

}  // namespace

struct SigningKeys::Key {
  std::shared_ptr<EVP_PKEY> pair;
  std::string x;  // the public key, base64url
  std::string kid;
  Timestamp until;
};

SigningKeys::SigningKeys() = default;
SigningKeys::~SigningKeys() = default;
SigningKeys::SigningKeys(SigningKeys&&) noexcept = default;
SigningKeys& SigningKeys::operator=(SigningKeys&&) noexcept = default;

Result<SigningKeys> SigningKeys::load(const Keyring& keyring, Timestamp now) {
  auto in_force = keys_in_force(keyring, KeyPurpose::token_signing, now, signing_overlap_s * 1'000'000'000);
  if (in_force.empty())
    return fail(Errc::key_missing, "the keyring has no key for token_signing; run: florin keys init");
  if (in_force.size() > keys_max) in_force.resize(keys_max);
  SigningKeys keys;
  for (auto key = in_force.rbegin(); key != in_force.rend(); ++key) {
    FLORIN_TRY_ASSIGN(const SecretKey seed, keyring.key(KeyPurpose::token_signing, key->id));
    FLORIN_TRY(keys.add(seed, key->until));
  }
  return keys;
}

Result<void> SigningKeys::add(const SecretKey& seed, Timestamp until) {
  KeyPtr pair(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  std::array<std::uint8_t, 32> public_key{};
  std::size_t size = public_key.size();
  if (!pair || EVP_PKEY_get_raw_public_key(pair.get(), public_key.data(), &size) != 1)
    return openssl_failed("make an Ed25519 key");
  std::string x = to_base64url(public_key);
  std::string kid = thumbprint(x);
  keys_.push_back({std::move(pair), std::move(x), std::move(kid), until});
  return {};
}

SigningKeys SigningKeys::in_force(Timestamp now) const {
  SigningKeys out;
  std::copy_if(keys_.begin(), keys_.end(), std::back_inserter(out.keys_),
               [&](const Key& key) { return now < key.until; });
  return out;
}

Timestamp SigningKeys::next_end() const {
  Timestamp end = for_ever;
  for (const Key& key : keys_) end = std::min(end, key.until);
  return end;
}

const SigningKeys::Key* SigningKeys::find(std::string_view kid) const {
  const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const Key& k) { return k.kid == kid; });
  return key == keys_.end() ? nullptr : &*key;
}

const std::string& SigningKeys::newest_kid() const {
  FLORIN_ASSERT(!keys_.empty());
  return keys_.back().kid;
}

bool SigningKeys::knows(std::string_view kid) const { return find(kid) != nullptr; }

Result<Signature> SigningKeys::sign(std::string_view message) const {
  FLORIN_ASSERT(!keys_.empty());
  const ContextPtr context(EVP_MD_CTX_new());
  Signature signature{};
  std::size_t size = signature.size();
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, keys_.back().pair.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, data(message), message.size()) != 1)
    return openssl_failed("sign an access token");
  FLORIN_ASSERT(size == signature.size());
  return signature;
}

bool SigningKeys::verify(std::string_view kid, std::string_view message, ByteView signature) const {
  const Key* key = find(kid);
  if (key == nullptr || signature.size() != Signature{}.size()) return false;
  const ContextPtr context(EVP_MD_CTX_new());
  const bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key->pair.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), data(message), message.size()) == 1;
  if (!good) ERR_clear_error();
  return good;
}

std::string SigningKeys::jwks() const {
  json::Writer out;
  out.begin_object().key("keys").begin_array();
  for (auto key = keys_.rbegin(); key != keys_.rend(); ++key) {
    out.begin_object().string("kty", "OKP").string("crv", "Ed25519").string("x", key->x);
    out.string("kid", key->kid).string("alg", "EdDSA").string("use", "sig").end_object();
  }
  out.end_array().end_object();
  return out.take();
}

TokenKeys::TokenKeys(SigningKeys keys, const Clock& clock)
    : clock_(clock), keys_(std::make_shared<const SigningKeys>(std::move(keys))) {}

std::shared_ptr<const SigningKeys> TokenKeys::current() const {
  const Timestamp now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (now >= keys_->next_end()) keys_ = std::make_shared<const SigningKeys>(keys_->in_force(now));
  return keys_;
}

Result<void> TokenKeys::reload(const Keyring& keyring) {
  FLORIN_TRY_ASSIGN(SigningKeys keys, SigningKeys::load(keyring, clock_.now()));
  auto fresh = std::make_shared<const SigningKeys>(std::move(keys));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(fresh);
  return {};
}

}  // namespace florin::gateway
