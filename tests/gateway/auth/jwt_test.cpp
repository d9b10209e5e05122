#include "gateway/auth/jwt.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include <vector>

#include "gateway/json/document.hpp"
#include "tests/gateway/auth/support.hpp"

namespace florin::gateway {
namespace {

using testing::encode;

const TokenNames names;

Claims claims() {
  Claims c;
  c.client = {{7}, {0xABC}};
  c.scopes = scopes::ledger_read | scopes::ledger_write;
  c.credential_version = 3;
  c.issued_at_s = 1'800'000'000;
  c.expires_at_s = 1'800'000'600;
  c.token_id = "AAAAAAAAAAAAAAAAAAAAAA";
  return c;
}

constexpr Timestamp seconds(std::uint64_t s) { return {s * 1'000'000'000}; }

// The parts of a good token, to be bent one at a time and signed again by the right key.
struct Forge {
  SigningKeys keys = testing::keys_of({1});
  std::string kid = keys.newest_kid();
  std::string header = R"({"alg":"EdDSA","kid":")" + kid + R"(","typ":"at+jwt"})";
  std::string payload =
      R"({"iss":"florin","aud":"florin-api","sub":"7-0000000000000abc","client_id":"7-0000000000000abc","book":7,)"
      R"("scope":"ledger:read","cv":3,"iat":1800000000,"exp":1800000600,"jti":"x"})";

  std::string sign(const std::string& signed_text) const {
    return signed_text + "." + to_base64url(keys.sign(signed_text).value());
  }
  std::string token() const { return sign(encode(header) + "." + encode(payload)); }
  auto read(const std::string& token) const { return read_token(token, keys, names); }
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void check_refused(const Forge& forge, const std::string& token, AuthRefusal wanted) {
  CAPTURE(token);
  const auto read = forge.read(token);
  REQUIRE(!read);
  CHECK(read.error() == wanted);
}

}  // namespace

TEST_CASE("what is written is read back, and names the key that signed it") {
  const SigningKeys keys = testing::keys_of({1});
  for (const std::uint64_t not_before : {0u, 1'800'000'001u}) {
    Claims in = claims();
    in.not_before_s = not_before;
    const std::string token = write_token(in, keys).value();
    const auto out = read_token(token, keys, names);
    REQUIRE(out);
    CHECK(out->claims == in);
    CHECK(out->kid == keys.newest_kid());
  }
}

TEST_CASE("a token says at+jwt and the claims that RFC 9068 requires") {
  const std::string token = write_token(claims(), testing::keys_of({1})).value();
  const auto dot = token.find('.');
  const std::string header{as_text(*from_base64url(token.substr(0, dot)))};
  const std::string payload{as_text(*from_base64url(token.substr(dot + 1, token.rfind('.') - dot - 1)))};
  CHECK(header == R"({"alg":"EdDSA","kid":")" + testing::keys_of({1}).newest_kid() + R"(","typ":"at+jwt"})");
  CHECK(
      payload ==
      R"({"iss":"florin","aud":"florin-api","sub":"7-0000000000000abc","client_id":"7-0000000000000abc","book":7,)"
      R"("scope":"ledger:read ledger:write","cv":3,"iat":1800000000,"exp":1800000600,)"
      R"("jti":"AAAAAAAAAAAAAAAAAAAAAA"})");
}

TEST_CASE("the largest claims fit") {
  Claims in = claims();
  in.client = {{~std::uint32_t{0}}, {~std::uint64_t{0}}};
  in.scopes = scopes::all;
  in.credential_version = ~std::uint32_t{0};
  const auto token = write_token(in, testing::keys_of({1}));
  REQUIRE(token);
  CHECK(token->size() < token_bytes_max / 2);
  CHECK(read_token(*token, testing::keys_of({1}), names)->claims == in);
}

TEST_CASE("the forge makes good tokens, so that each bent one is refused for what is bent") {
  const Forge forge;
  CHECK(forge.read(forge.token()));
}

TEST_CASE("headers that choose another algorithm, key or rule are forged, however well they are signed") {
  const std::vector<std::pair<const char*, const char*>> edits{
      {"\"EdDSA\"", "\"none\""},
      {"\"EdDSA\"", "\"None\""},
      {"\"EdDSA\"", "\"\""},
      {"\"EdDSA\"", "\"HS256\""},
      {"\"EdDSA\"", "\"RS256\""},
      {"\"EdDSA\"", "\"ES256\""},
      {"\"EdDSA\"", "\"Ed25519\""},
      {"\"EdDSA\"", "\"eddsa\""},
      {"\"EdDSA\"", "null"},
      {"\"EdDSA\"", "[\"EdDSA\"]"},
      {"\"at+jwt\"", "\"JWT\""},
      {"\"at+jwt\"", "\"AT+JWT\""},
      {"\"at+jwt\"", "\"application/at+jwt\""},
      {"\"at+jwt\"", "\"id+jwt\""},
      {",\"typ\":\"at+jwt\"", ""},
      {"\"alg\":\"EdDSA\",", ""},
      {"\"at+jwt\"", "\"at+jwt\",\"jku\":\"https://evil.example/keys\""},
      {"\"at+jwt\"", "\"at+jwt\",\"x5u\":\"https://evil.example/cert\""},
      {"\"at+jwt\"", "\"at+jwt\",\"x5c\":[]"},
      {"\"at+jwt\"", "\"at+jwt\",\"jwk\":{\"kty\":\"OKP\"}"},
      {"\"at+jwt\"", "\"at+jwt\",\"crit\":[\"exp\"]"},
      {"\"at+jwt\"", "\"at+jwt\",\"crit\":[]"},
      {"\"at+jwt\"", "\"at+jwt\",\"b64\":false"},
      {"\"at+jwt\"", "\"at+jwt\",\"cty\":\"JWT\""},
      {"\"at+jwt\"", "\"at+jwt\",\"zip\":\"DEF\""},
  };
  for (const auto& [from, to] : edits) {
    Forge forge;
    forge.header = replaced(forge.header, from, to);
    check_refused(forge, forge.token(), AuthRefusal::forged);
  }
}

TEST_CASE("an unknown key id is forged, whatever path or query it spells") {
  for (const char* kid : {"", "../../../../dev/null", "/dev/null", "x' OR '1'='1", "%2e%2e%2f", "*",
                          "\\u0000", "0", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}) {
    Forge forge;
    forge.header = replaced(forge.header, forge.kid, kid);
    check_refused(forge, forge.token(), AuthRefusal::forged);
  }
  Forge prefix;
  prefix.header = replaced(prefix.header, prefix.kid, prefix.kid.substr(0, prefix.kid.size() - 1));
  check_refused(prefix, prefix.token(), AuthRefusal::forged);
}

TEST_CASE("the algorithm confusion attacks: none without a signature, and HS256 keyed with our public key") {
  Forge forge;
  forge.header = replaced(forge.header, "EdDSA", "none");
  check_refused(forge, encode(forge.header) + "." + encode(forge.payload) + ".", AuthRefusal::forged);
  check_refused(forge, encode(forge.header) + "..", AuthRefusal::forged);

  forge.header = replaced(forge.header, "none", "HS256");
  const std::string text = encode(forge.header) + "." + encode(forge.payload);
  const std::string set = forge.keys.jwks();
  const auto x = set.find("\"x\":\"") + 5;
  const Bytes public_key = *from_base64url(set.substr(x, 43));
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, public_key.data(), public_key.size());
  crypto_auth_hmacsha256_update(&state, as_bytes(text).data(), text.size());
  Hash256 mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  check_refused(forge, text + "." + to_base64url(mac), AuthRefusal::forged);
}

TEST_CASE("a token that another key signed under our key's id is forged") {
  const Forge forge;
  const std::string text = encode(forge.header) + "." + encode(forge.payload);
  const SigningKeys other = testing::keys_of({2});
  check_refused(forge, text + "." + to_base64url(other.sign(text).value()), AuthRefusal::forged);
}

TEST_CASE("changing any character of a token makes it refused") {
  const Forge forge;
  const std::string good = forge.token();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'A', 'B', '-', '.', '=', '\n', '\0'}) {
      if (good[i] == c) continue;
      std::string bent = good;
      bent[i] = c;
      CAPTURE(i);
      CHECK(!forge.read(bent));
    }
  }
  for (std::size_t size = 0; size < good.size(); ++size) CHECK(!forge.read(good.substr(0, size)));
}

TEST_CASE("what is not three parts of strict base64url is malformed") {
  const Forge forge;
  const std::string good = forge.token();
  const auto first = good.find('.'), second = good.rfind('.');
  const std::string header = good.substr(0, first), payload = good.substr(first + 1, second - first - 1),
                    signature = good.substr(second + 1);
  // 64 bytes leave four unused bits in the last character: another character that decodes to the same bytes.
  std::string other_spelling = signature;
  REQUIRE(std::string_view("AQgw").find(signature.back()) != std::string_view::npos);
  ++other_spelling.back();
  // H, P and S stand for the parts.
  const auto spelled = [&](std::string_view pattern) {
    std::string token;
    for (const char c : pattern)
      token += c == 'H' ? header : c == 'P' ? payload : c == 'S' ? signature : std::string(1, c);
    return token;
  };
  REQUIRE(spelled("H.P.S") == good);
  check_refused(forge, spelled("H.P.") + other_spelling, AuthRefusal::malformed);
  for (const std::string_view bad : {"", ".", "..", "H", "H.P", "H.P.S.", "H.P.S.x", ".H.P.S", "H=.P.S",
                                     "H.P=.S", "H.P.S=", "H.P.S\n", "H.P .S", "H.P+/.S", "{}.P.S", "H..P.S"})
    check_refused(forge, spelled(bad), AuthRefusal::malformed);
}

TEST_CASE("a header that is not strict JSON is malformed") {
  for (const char* bad : {"", "[]", "\"x\"", "null", "{", "{}x", "\xef\xbb\xbf{}", "{\"alg\":\"EdDSA\",}",
                          "{'alg':'EdDSA'}", "{\"alg\":\"\xff\"}"}) {
    Forge forge;
    forge.header = bad;
    check_refused(forge, forge.token(), AuthRefusal::malformed);
  }
  Forge twice;
  twice.header = replaced(twice.header, "{", "{\"alg\":\"none\",");
  check_refused(twice, twice.token(), AuthRefusal::malformed);
  Forge escaped;  // the same member in another spelling
  escaped.header = replaced(escaped.header, "{", "{\"\\u0061lg\":\"none\",");
  check_refused(escaped, escaped.token(), AuthRefusal::malformed);
}

TEST_CASE("a token over the bound is refused before anything is looked at") {
  Forge forge;
  forge.payload =
      replaced(forge.payload, "\"jti\":\"x\"", "\"jti\":\"" + std::string(token_bytes_max, 'x') + "\"");
  check_refused(forge, forge.token(), AuthRefusal::malformed);
}

TEST_CASE("claims that are not exactly ours are forged even under a right signature") {
  const std::vector<std::pair<const char*, const char*>> edits{
      {"\"florin\"", "\"other\""},
      {"\"florin-api\"", "\"other\""},
      {"\"florin-api\"", "[\"florin-api\"]"},
      {"\"sub\":\"7-0000000000000abc\",", ""},
      {"\"sub\":\"7-0000000000000abc\"", "\"sub\":\"8-0000000000000abc\""},
      {"\"sub\":\"7-0000000000000abc\"", "\"sub\":\"\""},
      {"\"client_id\":\"7-0000000000000abc\",", ""},
      {"\"client_id\":\"7-0000000000000abc\"", "\"client_id\":\"7-0000000000000abd\""},
      {"\"book\":7", "\"book\":8"},
      {"\"book\":7", "\"book\":\"7\""},
      {"\"book\":7", "\"book\":7.0"},
      {"\"book\":7", "\"book\":4294967303"},
      {"\"ledger:read\"", "\"ledger:own\""},
      {"\"ledger:read\"", "\"ledger:read ledger:read\""},
      {"\"ledger:read\"", "[\"ledger:read\"]"},
      {"\"cv\":3", "\"cv\":-3"},
      {"\"cv\":3", "\"cv\":4294967296"},
      {"\"cv\":3,", ""},
      {"\"exp\":1800000600,", ""},
      {"\"exp\":1800000600", "\"exp\":null"},
      {"\"exp\":1800000600", "\"exp\":1e12"},
      {"\"exp\":1800000600", "\"exp\":\"1800000600\""},
      {"\"exp\":1800000600", "\"exp\":99999999999999999999999"},
      {"\"exp\":1800000600", "\"exp\":18446744073709551615"},
      {"\"iat\":1800000000,", ""},
      {"\"jti\":\"x\"", "\"jti\":\"x\",\"admin\":true"},
      {"\"jti\":\"x\"", "\"jti\":\"x\",\"exp\":1900000000"},
      {"\"jti\":\"x\"", "\"jti\":\"x\",\"nbf\":\"now\""},
      {"{\"iss\"", "[{\"iss\""},
      {"}", "}}"},
  };
  for (const auto& [from, to] : edits) {
    Forge forge;
    forge.payload = replaced(forge.payload, from, to);
    check_refused(forge, forge.token(), AuthRefusal::forged);
  }
}

TEST_CASE("given a rotated key, tokens of the one before still verify until it is gone") {
  const std::string old_token = write_token(claims(), testing::keys_of({1})).value();
  CHECK(read_token(old_token, testing::keys_of({1, 2}), names));
  const auto gone = read_token(old_token, testing::keys_of({2}), names);
  REQUIRE(!gone);
  CHECK(gone.error() == AuthRefusal::forged);
}

TEST_CASE("a token is good from its issue, with leeway, until its end, without") {
  Claims c = claims();
  CHECK(in_time(c, seconds(c.issued_at_s)));
  CHECK(in_time(c, {seconds(c.expires_at_s).value - 1}));
  CHECK(!in_time(c, seconds(c.expires_at_s)));
  CHECK(!in_time(c, seconds(c.expires_at_s + 1'000'000)));
  CHECK(in_time(c, seconds(c.issued_at_s - clock_leeway_s)));
  CHECK(!in_time(c, seconds(c.issued_at_s - clock_leeway_s - 1)));
  c.not_before_s = c.issued_at_s + 100;
  CHECK(!in_time(c, seconds(c.not_before_s - clock_leeway_s - 1)));
  CHECK(in_time(c, seconds(c.not_before_s - clock_leeway_s)));
}

}  // namespace florin::gateway
