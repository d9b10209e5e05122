#include "gateway/auth/signing_keys.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include "engine/clock/manual_clock.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "gateway/json/document.hpp"
#include "tests/gateway/auth/support.hpp"

namespace florin::gateway {
namespace {

// RFC 8037 appendix A.
constexpr std::string_view rfc_seed = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
constexpr std::string_view rfc_public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr std::string_view rfc_thumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
constexpr std::string_view rfc_signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
constexpr std::string_view rfc_signature =
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

constexpr Timestamp now{1'800'000'000ull * 1'000'000'000};

SigningKeys rfc_keys() {
  SigningKeys keys;
  REQUIRE(keys.add(SecretKey(*from_base64url(rfc_seed))));
  return keys;
}

}  // namespace

TEST_CASE("the example of RFC 8037: thumbprint, signature and JWK come out as printed there") {
  const SigningKeys keys = rfc_keys();
  CHECK(keys.newest_kid() == rfc_thumbprint);
  CHECK(to_base64url(keys.sign(rfc_signed).value()) == rfc_signature);
  CHECK(keys.verify(rfc_thumbprint, rfc_signed, *from_base64url(rfc_signature)));
  CHECK(keys.jwks() == R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":")" + std::string(rfc_public) +
                           R"(","kid":")" + std::string(rfc_thumbprint) +
                           R"(","alg":"EdDSA","use":"sig"}]})");
}

TEST_CASE("signatures agree with another implementation of Ed25519, both ways") {
  std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> public_key{};
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret_key{};
  crypto_sign_seed_keypair(public_key.data(), secret_key.data(), testing::seed(9).data());
  const SigningKeys keys = testing::keys_of({9});
  for (std::size_t size : {0u, 1u, 100u, 2000u}) {
    const std::string text(size, 'x');
    const Signature ours = keys.sign(text).value();
    CHECK(crypto_sign_verify_detached(ours.data(), as_bytes(text).data(), text.size(), public_key.data()) ==
          0);
    Signature theirs{};
    crypto_sign_detached(theirs.data(), nullptr, as_bytes(text).data(), text.size(), secret_key.data());
    CHECK(keys.verify(keys.newest_kid(), text, theirs));
  }
}

TEST_CASE("a flipped bit of text or signature, another key or another size does not verify") {
  const SigningKeys keys = testing::keys_of({1, 2});
  const std::string& kid = keys.newest_kid();
  const Signature good = keys.sign("text").value();
  CHECK(keys.verify(kid, "text", good));
  CHECK(!keys.verify(kid, "texu", good));
  CHECK(!keys.verify(testing::keys_of({1}).newest_kid(), "text", good));
  CHECK(!keys.verify("", "text", good));
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 7) {
    Signature bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1u << (bit % 8)));
    CHECK(!keys.verify(kid, "text", bad));
  }
  CHECK(!keys.verify(kid, "text", ByteView(good).first(63)));
  CHECK(!keys.verify(kid, "text", {}));
}

TEST_CASE("a signature with the group order added to its scalar is not a second signature") {
  // RFC 8032 section 5.1.7: S must be below L, or anyone could make another signature of the same text.
  constexpr std::array<std::uint8_t, 32> order{
      0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
      0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  const SigningKeys keys = testing::keys_of({1});
  Signature bent = keys.sign("text").value();
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned>(bent[32 + i]) + order[i];
    bent[32 + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
  CHECK(!keys.verify(keys.newest_kid(), "text", bent));
}

TEST_CASE("given a rotated keyring, the newest key signs and all verify") {
  MemoryKeyring keyring;
  auto none = SigningKeys::load(keyring, now);
  REQUIRE(!none);
  CHECK(none.error().code == Errc::key_missing);
  REQUIRE(keyring.create(KeyPurpose::token_signing));
  REQUIRE(keyring.create(KeyPurpose::data));
  const ManualClock clock(now);
  TokenKeys live(SigningKeys::load(keyring, now).value(), clock);
  const auto before = live.current();
  const Signature old_signature = before->sign("text").value();
  REQUIRE(keyring.add(KeyPurpose::token_signing, {2}, SecretKey::random(), now));
  REQUIRE(live.reload(keyring));
  const auto after = live.current();
  CHECK(after->newest_kid() != before->newest_kid());
  CHECK(after->verify(before->newest_kid(), "text", old_signature));
  CHECK(!before->knows(after->newest_kid()));
  const auto set = json::Document::parse(after->jwks()).value();
  std::size_t count = 0;
  set.root().each([&](json::Value list) { count = list.size(); });
  CHECK(count == 2);
  CHECK(after->jwks().find(after->newest_kid()) < after->jwks().find(before->newest_kid()));
}

TEST_CASE("given a reload that fails, the keys in force stay") {
  const ManualClock clock(now);
  TokenKeys live(testing::keys_of({1}), clock);
  CHECK(!live.reload(MemoryKeyring()));
  CHECK(live.current()->newest_kid() == testing::keys_of({1}).newest_kid());
}

TEST_CASE("of a long series of keys only the newest are kept") {
  MemoryKeyring keyring;
  for (std::uint32_t i = 0; i < SigningKeys::keys_max + 1; ++i)
    REQUIRE(keyring.add(KeyPurpose::token_signing, {i + 1}, SecretKey::random(), now));
  const SigningKeys keys = SigningKeys::load(keyring, now).value();
  SigningKeys oldest, second, newest;
  const auto nth = [&](std::uint32_t n) {
    return keyring.key(KeyPurpose::token_signing, keyring.list()[n].id).value();
  };
  REQUIRE(oldest.add(nth(0)));
  REQUIRE(second.add(nth(1)));
  REQUIRE(newest.add(nth(SigningKeys::keys_max)));
  CHECK(!keys.knows(oldest.newest_kid()));
  CHECK(keys.knows(second.newest_kid()));
  CHECK(keys.newest_kid() == newest.newest_kid());
}

}  // namespace florin::gateway
