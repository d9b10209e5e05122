#include "gateway/commands/commands.hpp"

#include <doctest/doctest.h>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "gateway/commands/idempotency_key.hpp"
#include "gateway/queries/position.hpp"
#include "tests/gateway/commands/fixture.hpp"

using namespace florin;
using namespace florin::testing;
using namespace florin::gateway::testing;

namespace {

NamedValues basic(std::string_view pair) { return {{"authorization", "Basic " + to_base64(as_bytes(pair))}}; }

}  // namespace

TEST_CASE("a batch of transfers becomes one command, and its outcome the answer") {
  Fixture f;
  Transfer stored;
  stored.timestamp = {77};
  f.port.events = {TransferCreated{stored, {}, {}},
                   TransferRefused{{2}, TransferStatus::exceeds_credits, {78}},
                   TransferRefused{{3}, TransferStatus::exists, {5}}};
  const Response response = f.post("ledger/transfers", R"({"transfers":[
      {"id":"340282366920938463463374607431768211455","debit_account_id":1,"credit_account_id":"2","amount":"max",
       "pending_id":"4","user_data_128":"5","user_data_64":"6","user_data_32":7,"timeout":8,"ledger":700,"code":9,
       "flags":[],"timestamp":"10"},{},{"id":0}]})");
  CHECK(response.status == 200);
  const std::string position = encode_position({{1}, {102}});
  CHECK(response.body ==
        R"({"results":[{"status":"created","timestamp":"77"},{"status":"exceeds_credits","timestamp":"78"},)"
        R"({"status":"exists","timestamp":"5"}],"position":")" +
            position + "\"}");
  CHECK(field(response, "Florin-Position") == position);

  REQUIRE(f.port.taken.size() == 1);
  const CommandHeader& header = f.port.taken[0].header;
  CHECK(header.book == BookId{1});
  CHECK(header.principal == Principal{PrincipalKind::client, 5});
  CHECK(header.credential_version == 1);
  CHECK(header.keyed.empty());
  const auto& transfers = std::get<CreateTransfers>(f.port.taken[0].body).transfers;
  REQUIRE(transfers.size() == 3);
  const Transfer expected{{u128_max}, {1}, {2}, amount_max, {4}, 5, 6, 7, 8, {700}, 9, 0, {10}};
  CHECK(transfers[0] == expected);
  CHECK(transfers[1] == Transfer{});
}

TEST_CASE("accounts and ledgers are read with all their fields") {
  Fixture f;
  f.port.events = {AccountCreated{}};
  CHECK(f.post("ledger/accounts",
               R"({"accounts":[{"id":"1","user_data_128":"2","user_data_64":"3","user_data_32":4,
      "ledger":700,"code":5,"flags":["debits_must_not_exceed_credits"],"timestamp":"6"}]})")
            .status == 200);
  Account account;
  account.id = {1};
  account.user_data_128 = 2;
  account.user_data_64 = 3;
  account.user_data_32 = 4;
  account.ledger = {700};
  account.code = 5;
  account.flags = account_flags::debits_must_not_exceed_credits;
  account.timestamp = {6};
  CHECK(std::get<CreateAccounts>(f.port.taken[0].body).accounts == std::vector{account});

  f.port.events = {LedgerOpened{{{700}, "EUR", 2, "n", {9}}, {5}},
                   LedgerRefused{{0}, LedgerStatus::id_must_not_be_zero, {10}}};
  const Response response = f.post(
      "ledger/ledgers",
      R"({"ledgers":[{"id":700,"currency":"EUR","exponent":2,"name":"n"},{"currency":"EUR","name":"m"}]})");
  CHECK(has(response,
            R"([{"status":"created","timestamp":"9"},{"status":"id_must_not_be_zero","timestamp":"10"}])"));
  CHECK(std::get<OpenLedgers>(f.port.taken[1].body).ledgers[0] == Ledger{{700}, "EUR", 2, "n", {}});
}

TEST_CASE("a batch has at most 8,189 items, also one that is parsed on a worker thread") {
  Fixture f;
  f.port.events = {AccountCreated{}};
  const auto batch = [](std::size_t items) {
    std::string body = "{\"accounts\":[";
    for (std::size_t i = 0; i < items; ++i) body += "{\"id\":\"" + std::to_string(i) + "\"},";
    body.back() = ']';
    return body + "}";
  };
  CHECK(f.post("ledger/accounts", batch(batch_items_max)).status == 200);
  CHECK(std::get<CreateAccounts>(f.port.taken[0].body).accounts.size() == batch_items_max);
  const Response over = f.post("ledger/accounts", batch(batch_items_max + 1));
  CHECK(over.status == 422);
  CHECK(has(over, "too_many_items"));
}

TEST_CASE("an Idempotency-Key becomes the command's id, its body the fingerprint") {
  Fixture f;
  f.port.events = {AccountCreated{}};
  const std::string body = R"({"accounts":[{"id":"1"}]})";
  CHECK(f.post("ledger/accounts", body, {{"idempotency-key", "abc"}}).status == 200);
  CHECK(f.post("ledger/accounts", body, {{"idempotency-key", "\"abc\""}}).status == 200);
  const std::vector<KeyedCall> expected{{{5'001'003}, blake2b(as_bytes(body))}};
  CHECK(f.port.taken[0].header.keyed == expected);
  CHECK(f.port.taken[0].header == f.port.taken[1].header);
  const Response bad = f.post("ledger/accounts", body, {{"idempotency-key", "a b"}});
  CHECK(bad.status == 400);
  CHECK(has(bad, "\"header\":\"Idempotency-Key\""));
}

TEST_CASE("an answer that is replayed has a header that says so, and the body that it had first") {
  Fixture f;
  f.port.events = {AccountCreated{}};
  const Response first = f.post("ledger/accounts", R"({"accounts":[{"id":"1"}]})");
  CHECK(field(first, "Idempotency-Replayed").empty());
  f.port.replayed = true;
  const Response again = f.post("ledger/accounts", R"({"accounts":[{"id":"1"}]})");
  CHECK(field(again, "Idempotency-Replayed") == "true");
  CHECK(again.body == first.body);
}

TEST_CASE("keys are structured-field strings, or the same text bare") {
  CHECK(parse_idempotency_key("\"a \\\"b\\\\\"") == "a \"b\\");
  CHECK(parse_idempotency_key(std::string(255, 'a')) == std::string(255, 'a'));
  CHECK(parse_idempotency_key("\"" + std::string(255, 'a') + "\""));
  for (const std::string& bad :
       {std::string(), std::string("\"\""), std::string("\"a"), std::string("a\""), std::string("\"a\\\""),
        std::string("\"a\\x\""), std::string("\"a\"b\""), std::string("\"a\";p=1"), std::string("\xc3\xa9"),
        std::string("a\tb"), std::string(256, 'a'), "\"" + std::string(256, 'a') + "\""})
    CHECK_MESSAGE(!parse_idempotency_key(bad), bad);
}

TEST_CASE("failures and refusals of a command") {
  Fixture f;
  const auto post = [&f] { return f.post("ledger/transfers", R"({"transfers":[{"id":"1"}]})"); };
  f.port.refusal = Error{Errc::overloaded, "queue of /secret"};
  const Response overloaded = post();
  CHECK(overloaded.status == 503);
  CHECK(field(overloaded, "Retry-After") == "1");
  CHECK_FALSE(has(overloaded, "secret"));
  f.port.refusal = Error{Errc::invalid_argument, ""};
  CHECK(post().status == 413);
  f.port.refusal.reset();
  for (const auto& [code, status] : {std::pair{Errc::stopped, 503U},
                                     {Errc::disk_full, 503U},
                                     {Errc::io, 504U},
                                     {Errc::deadline, 504U},
                                     {Errc::corrupt, 500U}}) {
    f.port.failure = Error{code, ""};
    CHECK(post().status == status);
  }
  f.port.failure.reset();
  for (const auto& [rejection, status] : {std::pair{Rejection::ledger_not_granted, 403U},
                                          {Rejection::scope_missing, 403U},
                                          {Rejection::client_revoked, 401U},
                                          {Rejection::credential_outdated, 401U},
                                          {Rejection::idempotency_key_reused, 422U},
                                          {Rejection::book_not_open, 404U}}) {
    f.port.events = {CommandRefused{rejection, 3}};
    const Response response = post();
    CHECK(response.status == status);
    CHECK(has(response, "\"code\":\"" + std::string(name(rejection)) + "\""));
    CHECK(has(response, "/transfers/3") == (rejection == Rejection::ledger_not_granted));
    // Every command's answer has it: a client that is refused may still wait for what it read.
    CHECK(decode_position(field(response, "Florin-Position")) == BookPosition{{1}, {100}});
  }
}

TEST_CASE("tokens are issued to clients that say who they are, by Basic or in the form") {
  Fixture f;
  const Response response =
      f.token("grant_type=client_credentials&scope=ledger%3Aread+ledger%3Awrite", basic("1-5:s%25cret"));
  CHECK(response.status == 200);
  CHECK(response.body ==
        R"({"access_token":"a.b.c","token_type":"Bearer","expires_in":600,"scope":"ledger:read"})");
  CHECK(f.issuer.asked == "1-5|s%cret|ledger:read ledger:write");
  CHECK(f.token("grant_type=client_credentials&client_id=1-5&client_secret=s").status == 200);
  CHECK(f.issuer.asked == "1-5|s|");
}

TEST_CASE("token errors are problems with the member that RFC 6749 names") {
  Fixture f;
  const auto check = [](const Response& response, unsigned status, std::string_view error) {
    CHECK(response.status == status);
    CHECK(response.content_type == "application/problem+json");
    CHECK(has(response, "\"error\":\"" + std::string(error) + "\""));
  };
  const std::string grant = "grant_type=client_credentials";
  check(f.token("scope=ledger:read", basic("a:b")), 400, "invalid_request");
  check(f.token("grant_type=password", basic("a:b")), 400, "unsupported_grant_type");
  check(f.token(grant + "&" + grant, basic("a:b")), 400, "invalid_request");
  check(f.token(grant + "&client_id=a&client_secret=b", basic("a:b")), 400, "invalid_request");
  check(f.token("grant_type=%zz", basic("a:b")), 400, "invalid_request");
  check(f.token(grant, {{"authorization", "Basic !!!"}}), 401, "invalid_client");
  check(f.token(grant, basic("no colon")), 401, "invalid_client");
  check(f.token(grant, {{"authorization", "Bearer a.b.c"}}), 401, "invalid_client");

  f.issuer.answer = TokenRefusal::invalid_client;
  const Response wrong = f.token(grant, basic("a:b"));
  check(wrong, 401, "invalid_client");
  CHECK(field(wrong, "WWW-Authenticate").starts_with("Basic realm=\"florin\""));
  f.issuer.answer = TokenRefusal::invalid_scope;
  check(f.token(grant, basic("a:b")), 400, "invalid_scope");
  f.issuer.answer = TokenRefusal::too_many_attempts;
  CHECK(field(f.token(grant, basic("a:b")), "Retry-After") == "60");
  f.issuer.answer = fail(Errc::stopped, "");
  CHECK(f.token(grant, basic("a:b")).status == 503);
}
