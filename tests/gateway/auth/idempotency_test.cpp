#include "gateway/auth/idempotency.hpp"

#include <doctest/doctest.h>

#include <set>

#include "engine/base/hash.hpp"
#include "engine/clock/manual_clock.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "tests/gateway/auth/support.hpp"

namespace florin::gateway {
namespace {

constexpr Principal alice{PrincipalKind::client, 1};
constexpr Timestamp now{1'800'000'000ull * 1'000'000'000};

struct Fixture {
  ManualClock clock{now};
  MemoryKeyring keyring;

  std::unique_ptr<KeyedIdempotencyHasher> hasher() const {
    return KeyedIdempotencyHasher::open(keyring, clock).value();
  }
  void add(std::uint8_t seed, Timestamp created = now) {
    REQUIRE(keyring.add(KeyPurpose::fingerprint, {seed}, testing::seed(seed), created));
  }
};

// With one key of this seed.
struct Hasher {
  Fixture f;
  std::unique_ptr<KeyedIdempotencyHasher> hasher;
  explicit Hasher(std::uint8_t seed) {
    f.add(seed);
    hasher = f.hasher();
  }
  u128 id(const Principal& principal, BookId book, std::string_view key) const {
    return hasher->hash(principal, book, key, "").at(0).id.value;
  }
  Hash256 fingerprint(std::string_view body) const {
    return hasher->hash(alice, {7}, "k", body).at(0).fingerprint;
  }
};

}  // namespace

TEST_CASE("the id of a command depends on book, principal, key and the secret key, and on nothing else") {
  const Hasher hasher(1), same(1), other(2);
  const u128 id = hasher.id(alice, {7}, "order-1");
  CHECK(id == same.id(alice, {7}, "order-1"));
  const std::set<u128> distinct{id,
                                hasher.id(alice, {8}, "order-1"),
                                hasher.id({PrincipalKind::client, 2}, {7}, "order-1"),
                                hasher.id({PrincipalKind::operator_, 1}, {7}, "order-1"),
                                hasher.id(alice, {7}, "order-2"),
                                hasher.id(alice, {7}, ""),
                                other.id(alice, {7}, "order-1")};
  CHECK(distinct.size() == 7);
  CHECK(!distinct.contains(0));
}

TEST_CASE("fields do not run into each other") {
  const Hasher hasher(1);
  CHECK(hasher.id({PrincipalKind::client, 0x31}, {7}, "") != hasher.id({PrincipalKind::client, 0}, {7}, "1"));
  CHECK(hasher.id(alice, {7}, "ab") != hasher.id(alice, {7}, std::string_view("ab\0", 3)));
}

TEST_CASE("a fingerprint is of the body as sent, byte for byte, under the secret key") {
  const Hasher hasher(1), other(2);
  CHECK(hasher.fingerprint("{\"a\":1}") == hasher.fingerprint("{\"a\":1}"));
  CHECK(hasher.fingerprint("{\"a\":1}") != hasher.fingerprint("{\"a\": 1}"));
  CHECK(hasher.fingerprint("{\"a\":1}") != other.fingerprint("{\"a\":1}"));
  CHECK(hasher.fingerprint("") != Hash256{});
  const std::string large(8u << 20, 'x');
  CHECK(hasher.fingerprint(large) == blake2b_keyed(testing::seed(1).view(), as_bytes("\x02" + large)));
}

TEST_CASE(
    "given a rotation, then a call is hashed under both keys, and under the newest alone after the "
    "retention") {
  Fixture f;
  CHECK(KeyedIdempotencyHasher::open(f.keyring, f.clock).error().code == Errc::key_missing);
  f.add(1, {1});
  const auto live = f.hasher();
  const auto old = live->hash(alice, {7}, "order-1", "body");
  REQUIRE(old.size() == 1);
  f.add(2);
  REQUIRE(live->reload(f.keyring));
  const auto both = live->hash(alice, {7}, "order-1", "body");
  REQUIRE(both.size() == 2);
  CHECK(both[0] == Hasher(2).hasher->hash(alice, {7}, "order-1", "body").at(0));
  CHECK(both[1] == old[0]);
  CHECK(f.hasher()->hash(alice, {7}, "order-1", "body") == both);  // after a restart too
  f.clock.advance_ns(key_retention_ns);
  CHECK(live->hash(alice, {7}, "order-1", "body") == both);
  f.clock.advance_ns(KeyedIdempotencyHasher::overlap_ns - key_retention_ns);
  CHECK(live->hash(alice, {7}, "order-1", "body") == std::vector{both[0]});
}

TEST_CASE("given more keys in the retention than a command may carry, then the keys in force stay") {
  Fixture f;
  for (std::uint8_t seed = 1; seed <= keyed_calls_max; ++seed) f.add(seed);
  const auto live = f.hasher();
  CHECK(live->hash(alice, {7}, "k", "").size() == keyed_calls_max);
  f.add(keyed_calls_max + 1);
  CHECK(live->reload(f.keyring).error().code == Errc::overloaded);
  CHECK(live->hash(alice, {7}, "k", "").size() == keyed_calls_max);
}

}  // namespace florin::gateway
