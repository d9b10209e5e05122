// How a gateway introduces a caller to a projector.
#include "gateway/auth/introductions.hpp"

#include <doctest/doctest.h>

#include "engine/clock/manual_clock.hpp"
#include "engine/keyring/memory_keyring.hpp"

namespace florin::gateway {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

struct Both {
  Both() { REQUIRE(keyring.create(KeyPurpose::token_signing)); }

  MemoryKeyring keyring;
  ManualClock clock{{1'700'000'000 * second}};
  Introductions gateway{keyring, clock}, projector{keyring, clock};
  AuthContext caller{{7}, {PrincipalKind::client, 42}, scopes::ledger_read, 3, {2}, {99}};
};

AuthRefusal refusal(Introductions& projector, std::string_view authorization) {
  const auto known = projector.authenticate(authorization);
  REQUIRE(!known);
  return known.error();
}

}  // namespace

TEST_CASE("given a caller that is introduced, then the projector knows all of it") {
  Both both;
  const auto known = both.projector.authenticate(both.gateway.introduce(both.caller).value());
  REQUIRE(known);
  CHECK(known->book == both.caller.book);
  CHECK(known->principal == both.caller.principal);
  CHECK(known->scopes == both.caller.scopes);
  CHECK(known->credential_version == both.caller.credential_version);
  CHECK(known->partition == both.caller.partition);
  CHECK(known->known_at == both.caller.known_at);
}

TEST_CASE("given a key that was made since, then introductions under both are known") {
  Both both;
  const auto before = both.gateway.introduce(both.caller).value();
  REQUIRE(both.keyring.create(KeyPurpose::token_signing));
  const auto after = both.gateway.introduce(both.caller).value();
  CHECK(before.substr(0, 10) != after.substr(0, 10));
  CHECK(both.projector.authenticate(before));
  CHECK(both.projector.authenticate(after));
}

TEST_CASE("given an introduction with any character changed, then it is refused") {
  Both both;
  const std::string whole = both.gateway.introduce(both.caller).value();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CAPTURE(at);
    CHECK_FALSE(both.projector.authenticate(changed));
    CHECK_FALSE(both.projector.authenticate(whole.substr(0, at)));
  }
  CHECK(refusal(both.projector, "Bearer abc") == AuthRefusal::malformed);
}

TEST_CASE("given an introduction that is older than half a minute, or from the future, then it has expired") {
  Both both;
  const std::string whole = both.gateway.introduce(both.caller).value();
  both.clock.advance_ns(30 * second);
  CHECK(both.projector.authenticate(whole));
  both.clock.advance_ns(1);
  CHECK(refusal(both.projector, whole) == AuthRefusal::expired);
  both.clock.set({both.clock.now().value - 60 * second - 2});
  CHECK(refusal(both.projector, whole) == AuthRefusal::expired);
}

TEST_CASE("given a projector with other keys, then it knows nobody") {
  Both both, others;
  const std::string whole = both.gateway.introduce(both.caller).value();
  CHECK(refusal(others.projector, whole) == AuthRefusal::forged);
  MemoryKeyring empty;
  Introductions without(empty, both.clock);
  CHECK(refusal(without, whole) == AuthRefusal::unavailable);
}

}  // namespace florin::gateway
