#include "gateway/auth/idempotency.hpp"

#include <doctest/doctest.h>

#include <set>

#include "engine/base/hash.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "tests/gateway/auth/support.hpp"

namespace florin::gateway {
namespace {

constexpr Principal alice{PrincipalKind::client, 1};

}  // namespace

TEST_CASE("the id of a command depends on book, principal, key and the secret key, and on nothing else") {
  const KeyedIdempotencyHasher hasher(testing::seed(1));
  const KeyedIdempotencyHasher same(testing::seed(1));
  const KeyedIdempotencyHasher other(testing::seed(2));
  const CommandId id = hasher.id(alice, {7}, "order-1");
  CHECK(id == same.id(alice, {7}, "order-1"));
  const std::set<u128> distinct{id.value,
                                hasher.id(alice, {8}, "order-1").value,
                                hasher.id({PrincipalKind::client, 2}, {7}, "order-1").value,
                                hasher.id({PrincipalKind::operator_, 1}, {7}, "order-1").value,
                                hasher.id(alice, {7}, "order-2").value,
                                hasher.id(alice, {7}, "").value,
                                other.id(alice, {7}, "order-1").value};
  CHECK(distinct.size() == 7);
  CHECK(!distinct.contains(0));
}

TEST_CASE("fields do not run into each other") {
  const KeyedIdempotencyHasher hasher(testing::seed(1));
  CHECK(hasher.id({PrincipalKind::client, 0x31}, {7}, "") != hasher.id({PrincipalKind::client, 0}, {7}, "1"));
  CHECK(hasher.id(alice, {7}, "ab") != hasher.id(alice, {7}, std::string_view("ab\0", 3)));
}

TEST_CASE("a fingerprint is of the body as sent, byte for byte, under the secret key") {
  const KeyedIdempotencyHasher hasher(testing::seed(1));
  const KeyedIdempotencyHasher other(testing::seed(2));
  CHECK(hasher.fingerprint("{\"a\":1}") == hasher.fingerprint("{\"a\":1}"));
  CHECK(hasher.fingerprint("{\"a\":1}") != hasher.fingerprint("{\"a\": 1}"));
  CHECK(hasher.fingerprint("{\"a\":1}") != other.fingerprint("{\"a\":1}"));
  CHECK(hasher.fingerprint("") != Hash256{});
  const std::string large(8u << 20, 'x');
  CHECK(hasher.fingerprint(large) == blake2b_keyed(testing::seed(1).view(), as_bytes("\x02" + large)));
}

TEST_CASE("given a keyring, the newest fingerprint key is used; without one the error names it") {
  MemoryKeyring keyring;
  auto none = KeyedIdempotencyHasher::open(keyring);
  REQUIRE(!none);
  CHECK(none.error().code == Errc::key_missing);
  REQUIRE(keyring.create(KeyPurpose::fingerprint));
  const auto before = KeyedIdempotencyHasher::open(keyring);
  const auto again = KeyedIdempotencyHasher::open(keyring);
  REQUIRE(keyring.create(KeyPurpose::fingerprint));
  const auto after = KeyedIdempotencyHasher::open(keyring);
  REQUIRE(before);
  REQUIRE(after);
  CHECK((*before)->fingerprint("x") == (*again)->fingerprint("x"));
  CHECK((*before)->fingerprint("x") != (*after)->fingerprint("x"));
}

}  // namespace florin::gateway
