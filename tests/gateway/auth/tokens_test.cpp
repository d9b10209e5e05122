#include "gateway/auth/tokens.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <thread>

#include "engine/clock/manual_clock.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "tests/gateway/auth/support.hpp"

namespace florin::gateway {
namespace {

constexpr BookId book{7};
constexpr ClientId alice{0xABC};
constexpr std::uint64_t second_ns = 1'000'000'000;

struct Fixture {
  ManualClock clock{{1'800'000'000 * second_ns}};
  TokenKeys keys{testing::keys_of({1}), clock};
  testing::ScriptedDirectory directory;
  ClientTokenIssuer issuer{keys, directory, clock};
  BearerAuthenticator authenticator{keys, directory, clock};
  ClientSecret secret = make_client_secret();
  std::string id = format_client_id(book, alice);

  Fixture() {
    Client client;
    client.id = alice;
    client.secret_hash = secret.hash;
    client.scopes = scopes::ledger_read | scopes::ledger_write;
    client.version = 3;
    directory.rows[{book, alice}] = client;
  }
  Client& client() { return directory.rows[{book, alice}]; }

  TokenRefusal refusal(std::string_view client_id, std::string_view client_secret,
                       std::string_view scope = "") {
    auto issued = issuer.issue(client_id, client_secret, scope);
    REQUIRE(issued);
    REQUIRE(std::holds_alternative<TokenRefusal>(*issued));
    return std::get<TokenRefusal>(*issued);
  }
  gateway::Token issue(std::string_view scope = "") {
    auto issued = issuer.issue(id, secret.text, scope);
    REQUIRE(issued);
    REQUIRE(std::holds_alternative<gateway::Token>(*issued));
    return std::get<gateway::Token>(*issued);
  }
  std::string bearer() { return "Bearer " + issue().access_token; }
  void check_refused(std::string_view authorization, AuthRefusal wanted) {
    const auto context = authenticator.authenticate(authorization);
    REQUIRE(!context);
    CHECK(context.error() == wanted);
  }
};

}  // namespace

TEST_CASE("given the right secret, a token is issued and authenticates as the client") {
  Fixture f;
  const gateway::Token token = f.issue();
  CHECK(token.expires_in_s == 600);
  CHECK(token.scopes == f.client().scopes);
  const auto context = f.authenticator.authenticate("Bearer " + token.access_token);
  REQUIRE(context);
  CHECK(context->book == book);
  CHECK(context->principal == Principal{PrincipalKind::client, alice.value});
  CHECK(context->scopes == f.client().scopes);
  CHECK(context->credential_version == 3);
}

TEST_CASE("two tokens are never the same") {
  Fixture f;
  CHECK(f.issue().access_token != f.issue().access_token);
}

TEST_CASE("a scope may ask for less than the client has, not for more") {
  Fixture f;
  CHECK(f.issue("ledger:read").scopes == scopes::ledger_read);
  CHECK(f.issue("ledger:write ledger:read").scopes == f.client().scopes);
  const auto narrow = f.authenticator.authenticate("Bearer " + f.issue("ledger:read").access_token);
  CHECK(narrow->scopes == scopes::ledger_read);
  for (auto scope : {"book:admin", "ledger:read book:admin", "ledger:own", "LEDGER:READ",
                     "ledger:read ledger:read", " ", "ledger:read,ledger:write"}) {
    CAPTURE(scope);
    CHECK(f.refusal(f.id, f.secret.text, scope) == TokenRefusal::invalid_scope);
  }
  f.client().scopes = 0;
  CHECK(f.refusal(f.id, f.secret.text) == TokenRefusal::invalid_scope);
}

TEST_CASE("unknown client, wrong secret and revoked client get one answer, after the same questions") {
  Fixture f;
  const std::string other = make_client_secret().text;
  const auto ask = [&](std::string_view id, std::string_view secret, std::string_view scope = "") {
    const int before = f.directory.questions;
    CHECK(f.refusal(id, secret, scope) == TokenRefusal::invalid_client);
    CHECK(f.directory.questions == before + 1);
  };
  ask(f.id, other);
  ask(format_client_id(book, {0xDEF}), other);
  ask(format_client_id({8}, alice), f.secret.text);
  ask("nobody", other);
  ask("", "");
  ask(f.id, "");
  ask(f.id, f.secret.text + "A");
  ask(f.id, other, "no such scope");
  f.client().revoked = true;
  ask(f.id, f.secret.text);
}

TEST_CASE("a client whose stored hash is zero cannot be entered with a malformed secret") {
  Fixture f;
  f.client().secret_hash = {};
  CHECK(f.refusal(f.id, "not a secret") == TokenRefusal::invalid_client);
}

TEST_CASE(
    "after ten wrong secrets the answer is another, for known and unknown clients alike, and the right one "
    "still works") {
  Fixture f;
  const std::string unknown = format_client_id(book, {0xDEF});
  for (const std::string& id : {f.id, unknown}) {
    for (int i = 0; i < 10; ++i) CHECK(f.refusal(id, "wrong") == TokenRefusal::invalid_client);
    CHECK(f.refusal(id, "wrong") == TokenRefusal::too_many_attempts);
  }
  f.issue();
  CHECK(f.refusal(f.id, "wrong") == TokenRefusal::too_many_attempts);
  f.clock.advance_ns(60 * second_ns);
  CHECK(f.refusal(f.id, "wrong") == TokenRefusal::invalid_client);
}

TEST_CASE("given a directory that fails, nothing is issued and nobody is let in") {
  Fixture f;
  const std::string bearer = f.bearer();
  f.directory.broken = true;
  auto issued = f.issuer.issue(f.id, f.secret.text, "");
  REQUIRE(!issued);
  CHECK(issued.error().code == Errc::stopped);
  f.check_refused(bearer, AuthRefusal::unavailable);
  f.directory.broken = false;
  CHECK(f.authenticator.authenticate(bearer));
}

TEST_CASE("the scheme is Bearer in any case, then one space and a token") {
  Fixture f;
  const std::string token = f.issue().access_token;
  for (const std::string& good : {"Bearer " + token, "bearer " + token, "BEARER " + token})
    CHECK(f.authenticator.authenticate(good));
  for (const std::string& bad :
       {std::string(), std::string("Bearer"), std::string("Bearer "), token, "Basic " + token,
        "Bearer" + token, "Bearer\t" + token, "Bearer  " + token, " Bearer " + token, "Bearer " + token + " ",
        "Bearer " + token + ",x", "Bearer " + token + " x", "Bearer " + std::string(1u << 20, 'x')})
    f.check_refused(bad, AuthRefusal::malformed);
}

TEST_CASE("an expired token is refused, also when it was remembered") {
  Fixture f;
  const std::string bearer = f.bearer();
  CHECK(f.authenticator.authenticate(bearer));
  f.clock.advance_ns(599 * second_ns);
  CHECK(f.authenticator.authenticate(bearer));
  f.clock.advance_ns(second_ns);
  f.check_refused(bearer, AuthRefusal::expired);
}

TEST_CASE("a token from the future is refused") {
  Fixture f;
  f.clock.advance_ns(3600 * second_ns);
  const std::string bearer = f.bearer();
  f.clock.set({1'800'000'000 * second_ns});
  f.check_refused(bearer, AuthRefusal::expired);
}

TEST_CASE("what the directory says counts at once, also for a token that was remembered") {
  Fixture f;
  const std::string bearer = f.bearer();
  REQUIRE(f.authenticator.authenticate(bearer));
  f.client().scopes = scopes::ledger_read;
  CHECK(f.authenticator.authenticate(bearer)->scopes == scopes::ledger_read);
  f.client().version = 4;
  f.check_refused(bearer, AuthRefusal::credential_outdated);
  f.client().revoked = true;
  f.check_refused(bearer, AuthRefusal::client_revoked);
  f.directory.rows.clear();
  f.check_refused(bearer, AuthRefusal::client_unknown);
}

TEST_CASE("a signature is checked once for each token, and a forged token is never remembered") {
  Fixture f;
  const std::string bearer = f.bearer();
  for (int i = 0; i < 5; ++i) CHECK(f.authenticator.authenticate(bearer));
  CHECK(f.authenticator.signatures_checked() == 1);
  std::string forged = bearer;
  forged[forged.size() - 10] = forged[forged.size() - 10] == 'A' ? 'B' : 'A';
  for (int i = 0; i < 3; ++i) f.check_refused(forged, AuthRefusal::forged);
  CHECK(f.authenticator.signatures_checked() == 4);
}

TEST_CASE("memory for tokens is bounded, and a forgotten token is checked again") {
  Fixture f;
  BearerAuthenticator small(f.keys, f.directory, f.clock, {}, 2);
  const std::string first = f.bearer();
  REQUIRE(small.authenticate(first));
  REQUIRE(small.authenticate(f.bearer()));
  REQUIRE(small.authenticate(f.bearer()));
  CHECK(small.signatures_checked() == 3);
  REQUIRE(small.authenticate(first));
  CHECK(small.signatures_checked() == 4);
}

TEST_CASE("given a key that is taken out of force, its remembered tokens go with it") {
  Fixture f;
  MemoryKeyring keyring;
  REQUIRE(keyring.add(KeyPurpose::token_signing, {1}, testing::seed(1)));
  REQUIRE(keyring.add(KeyPurpose::token_signing, {2}, testing::seed(2), f.clock.now()));
  const std::string bearer = f.bearer();
  REQUIRE(f.authenticator.authenticate(bearer));
  REQUIRE(f.keys.reload(keyring));
  CHECK(f.authenticator.authenticate(bearer));
  MemoryKeyring without_old;
  REQUIRE(without_old.add(KeyPurpose::token_signing, {2}, testing::seed(2)));
  REQUIRE(f.keys.reload(without_old));
  f.check_refused(bearer, AuthRefusal::forged);
}

TEST_CASE(
    "given a rotation, tokens of the key before are taken until they expire, and the key goes after that") {
  Fixture f;
  MemoryKeyring keyring;
  REQUIRE(keyring.add(KeyPurpose::token_signing, {1}, testing::seed(1)));
  REQUIRE(keyring.add(KeyPurpose::token_signing, {2}, testing::seed(2), f.clock.now()));
  const std::string old_kid = testing::keys_of({1}).newest_kid();
  const std::string bearer = f.bearer();
  REQUIRE(f.keys.reload(keyring));
  CHECK(f.keys.current()->newest_kid() == testing::keys_of({2}).newest_kid());
  f.clock.advance_ns((token_lifetime_s - 1) * second_ns);
  CHECK(f.authenticator.authenticate(bearer));
  CHECK(f.keys.current()->jwks().find(old_kid) != std::string::npos);
  f.clock.advance_ns((signing_overlap_s - token_lifetime_s + 1) * second_ns);
  CHECK(f.keys.current()->jwks().find(old_kid) == std::string::npos);
  CHECK(!f.keys.current()->knows(old_kid));
  CHECK(f.authenticator.authenticate(f.bearer()));
}

TEST_CASE("many threads issue and authenticate at once") {
  Fixture f;
  std::array<std::thread, 4> threads;
  std::atomic<int> good{0};
  for (auto& thread : threads)
    thread = std::thread([&f, &good, wrong = &thread == &threads[0]] {
      for (int i = 0; i < 50; ++i) {
        auto issued = f.issuer.issue(f.id, wrong ? "wrong" : std::string_view(f.secret.text), "");
        if (!issued || !std::holds_alternative<gateway::Token>(*issued)) continue;
        if (f.authenticator.authenticate("Bearer " + std::get<gateway::Token>(*issued).access_token)) ++good;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(good == 150);
}

}  // namespace florin::gateway
