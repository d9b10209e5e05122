#include "gateway/auth/credentials.hpp"

#include <doctest/doctest.h>

#include <set>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"

namespace florin::gateway {

TEST_CASE("a client id is written as book and client, and read back") {
  CHECK(format_client_id({7}, {0xDEADBEEF}) == "7-00000000deadbeef");
  CHECK(parse_client_id("7-00000000deadbeef") == ClientName{{7}, {0xDEADBEEF}});
  CHECK(parse_client_id("4294967295-ffffffffffffffff") == ClientName{{0xFFFFFFFF}, {~std::uint64_t{0}}});
  for (int i = 0; i < 100; ++i) {
    const ClientName name{{static_cast<std::uint32_t>(1 + i)}, make_client_id()};
    CHECK(parse_client_id(format_client_id(name.book, name.client)) == name);
  }
}

TEST_CASE("there is one spelling of a client id and no other is read") {
  for (std::string_view bad :
       {"", "-", "7", "7-", "-00000000deadbeef", "7-0000000deadbeef", "7-000000000deadbeef",
        "7-00000000DEADBEEF", "07-00000000deadbeef", "+7-00000000deadbeef", "-7-00000000deadbeef",
        " 7-00000000deadbeef", "7-00000000deadbeef ", "7--0000000deadbeef", "7-0x000000deadbeef",
        "0-00000000deadbeef", "7-0000000000000000", "4294967296-00000000deadbeef", "7-00000000deadbee\xc3"}) {
    CAPTURE(bad);
    CHECK(!parse_client_id(bad));
  }
}

TEST_CASE("secrets are 256 random bits behind a readable prefix, and hash to what is stored") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const ClientSecret secret = make_client_secret();
    CHECK(secret.text.starts_with("florin_"));
    CHECK(secret.text.size() == 7 + 43);
    CHECK(hash_client_secret(secret.text) == secret.hash);
    seen.insert(secret.text);
  }
  CHECK(seen.size() == 100);
}

TEST_CASE("the hash is BLAKE2b-256 of the 32 bytes") {
  const Bytes bytes(32, 0x5A);
  CHECK(hash_client_secret("florin_" + to_base64url(bytes)) == blake2b(bytes));
}

TEST_CASE("what is not the text of a secret has no hash") {
  const std::string good = "florin_" + to_base64url(Bytes(32, 0x5A));
  REQUIRE(hash_client_secret(good));
  for (const std::string& bad :
       {std::string(), std::string("florin_"), good.substr(7), good + "=", good + "A",
        good.substr(0, good.size() - 1), " " + good, good + "\n", "Florin_" + good.substr(7),
        "florin_" + to_base64url(Bytes(31, 1)), "florin_" + to_base64url(Bytes(33, 1)),
        good.substr(0, good.size() - 1) + "B", std::string(1u << 20, 'A')}) {
    CAPTURE(bad.size());
    CHECK(!hash_client_secret(bad));
  }
}

TEST_CASE("made client ids are not 0 and differ") {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(make_client_id().value);
  CHECK(seen.size() == 1000);
  CHECK(!seen.contains(0));
}

}  // namespace florin::gateway
