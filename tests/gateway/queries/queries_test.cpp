#include "gateway/queries/queries.hpp"

#include <doctest/doctest.h>

#include "tests/gateway/queries/rig.hpp"

using namespace florin;
using namespace florin::testing;
using namespace std::chrono_literals;

namespace {

using Fixture = TwoLedgersRig;

}  // namespace

TEST_CASE("positions and cursors come back as they went, and nothing else does") {
  const BookPosition position{{7}, {~std::uint64_t{0}}};
  const std::string token = encode_position(position);
  CHECK(decode_position(token) == position);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(decode_position(changed) == position);
  }
  for (const std::string& bad : {std::string(), token + "A", token.substr(1), token + "=", std::string("x")})
    CHECK_FALSE(decode_position(bad));
  const std::string cursor = encode_cursor({{5}}, "list a"), back = encode_cursor({{5}, true}, "list a");
  CHECK(decode_cursor(cursor, "list a") == Cursor{{5}, false});
  CHECK(decode_cursor(back, "list a") == Cursor{{5}, true});
  CHECK(cursor.size() == back.size());
  CHECK_FALSE(decode_cursor(cursor, "list b"));
  CHECK_FALSE(decode_cursor(token, "list a"));
  CHECK_FALSE(decode_position(cursor));
}

TEST_CASE("an account and a transfer are shown whole, with the position") {
  Fixture f;
  const Response account = f.get("/api/v1/ledger/accounts/1");
  CHECK(account.status == 200);
  CHECK(
      account.body ==
      R"({"id":"1","debits_pending":"0","debits_posted":"0","credits_pending":"0",)"
      R"("credits_posted":"340282366920938463463374607431768211455","user_data_128":"0","user_data_64":"0",)"
      R"("user_data_32":0,"ledger":700,"code":7,"flags":["linked","history"],"timestamp":"1795446140819804297",)"
      R"("debit_balance_max":null,"credit_balance_max":null,"metadata":{}})");
  CHECK(decode_position(field(account, "Florin-Position")) == BookPosition{{1}, {10}});
  f.balances.limits = {Amount{0}, amount_max};
  CHECK(has(f.get("/api/v1/ledger/accounts/1"),
            R"("debit_balance_max":"0","credit_balance_max":"340282366920938463463374607431768211455")"));
  f.balances.metadata = {{"name", "till"}};
  CHECK(has(f.get("/api/v1/ledger/accounts/1"), R"("metadata":{"name":"till"}})"));
  const Response transfer = f.get("/api/v1/ledger/transfers/700");
  CHECK(
      transfer.body ==
      R"({"id":"700","debit_account_id":"340282366920938463463374607431768211454","credit_account_id":"0",)"
      R"("amount":"12","pending_id":"0","user_data_128":"0","user_data_64":"0","user_data_32":0,"timeout":0,)"
      R"("ledger":700,"code":0,"flags":["pending"],"timestamp":"9","state":"pending",)"
      R"("transaction_id":null,"metadata":{}})");
}

TEST_CASE("an account at a past moment: what it was then, zeros before its first transfer, else why not") {
  Fixture f;
  const std::string path = "/api/v1/ledger/accounts/1?at=";
  const std::uint64_t born = f.balances.accounts[1].timestamp.value;
  f.history.moments[born + 10] = {Balances{{1}, {2}, {3}, {4}}, true};
  f.history.moments[born + 20] = {Balances{{0}, {5}, {0}, {7}}, false};
  f.history.reach(11);
  const Response first = f.get(path + std::to_string(born + 19));
  CHECK(first.status == 200);
  CHECK(has(first, R"("debits_pending":"1","debits_posted":"2","credits_pending":"3","credits_posted":"4")"));
  CHECK(has(first, R"("flags":["linked","history","closed"])"));
  CHECK_FALSE(has(first, "balance_max"));
  CHECK_FALSE(has(first, "metadata"));
  CHECK(decode_position(field(first, "Florin-Position")) == BookPosition{{1}, {11}});
  const Response second = f.get(path + std::to_string(~std::uint64_t{0}));
  CHECK(has(second, R"("credits_posted":"7")"));
  CHECK(has(second, R"("flags":["linked","history"])"));
  CHECK(has(f.get(path + std::to_string(born)), R"("credits_posted":"0")"));

  const Response before = f.get(path + std::to_string(born - 1));
  CHECK(before.status == 404);
  CHECK(has(before, "account_not_yet_created"));
  CHECK(has(before, "its timestamp is " + std::to_string(born)));
  CHECK(has(f.get("/api/v1/ledger/accounts/3?at=5"), "account_not_found"));
  CHECK(f.get("/api/v1/ledger/accounts/2?at=5").status == 403);
  f.balances.accounts[1].flags = 0;
  const Response none = f.get(path + std::to_string(born));
  CHECK(none.status == 422);
  CHECK(has(none, "history_not_kept"));
  for (const std::string_view bad : {"-1", "x", "01", "18446744073709551616", "1.5"})
    CHECK(has(f.get(path + std::string(bad)), R"("parameter":"at")"));
}

TEST_CASE("a balance of the past over 2^128-1 is refused with its moment, as an account and in a list") {
  Fixture f;
  const std::uint64_t at = f.balances.accounts[1].timestamp.value + 10;
  f.history.moments[at] = {std::nullopt, false};
  f.history.balances.rows = {{{at - 1}, Balances{{1}, {2}, {3}, {4}}}, {{at}, std::nullopt}};
  const std::string account = "/api/v1/ledger/accounts/1";
  for (const std::string& target : {account + "?at=" + std::to_string(at), account + "/balances"}) {
    const Response refused = f.get(target);
    CHECK(refused.status == 422);
    CHECK(has(refused, R"("code":"balance_too_large")"));
    CHECK(has(refused, "At the timestamp " + std::to_string(at) + " "));
  }
  CHECK(f.get(account + "?at=" + std::to_string(at - 1)).status == 200);
  f.history.balances.rows.pop_back();
  CHECK(has(f.get(account + "/balances"), R"("debits_pending":"1")"));
}

TEST_CASE("an account's transfers and its balances are filtered by the same fields of the transfer") {
  Fixture f;
  for (const std::string list : {"transfers", "balances"}) {
    CAPTURE(list);
    const std::string path = "/api/v1/ledger/accounts/1/" + list;
    const Response response =
        f.get(path +
              "?limit=7&order=desc&timestamp_min=5&timestamp_max=9&side=credit&code=2,1&ledger=700,701"
              "&user_data_128=1&user_data_64=2&user_data_32=3&flags=pending&state=voided&pending_id=4"
              "&amount_min=5&amount_max=6&metadata[city]=Paris");
    CHECK(response.status == 200);
    const HistoryFilter asked = std::exchange(f.history.asked, {});
    CHECK(asked.descending);
    CHECK(asked.limit == 7);
    CHECK(asked.timestamp_min == Timestamp{5});
    CHECK(asked.timestamp_max == Timestamp{9});
    CHECK(asked.side == Side::credit);
    TransferFilter wanted;
    wanted.ledgers = {{{700}, {701}}};
    wanted.codes = {1, 2};
    wanted.user_data_128 = {1};
    wanted.user_data_64 = {2};
    wanted.user_data_32 = {3};
    wanted.metadata = {{"city", {"Paris"}}};
    wanted.pending_ids = {{4}};
    wanted.states = {TransferState::voided};
    wanted.flags = transfer_flags::pending;
    wanted.amount_min = {5};
    wanted.amount_max = {6};
    CHECK(asked.transfer == wanted);
    f.history.balances.rows = {{{9}, Balances{}}};
    f.history.page.rows = {f.history.transfers[700]};
    CHECK(has(f.get(path + "?ledger=700"), R"("timestamp":"9")"));
    CHECK(has(f.get(path + "?ledger=701"), R"({"data":[],)"));  // the account is of another ledger
  }
}

TEST_CASE("what is not there is 404, what is not granted 403, what is no id 400") {
  Fixture f;
  CHECK(f.get("/api/v1/ledger/accounts/3").status == 404);
  CHECK(has(f.get("/api/v1/ledger/accounts/0"), "account_not_found"));
  CHECK(has(f.get("/api/v1/ledger/accounts/3/transfers"), "account_not_found"));
  CHECK(has(f.get("/api/v1/ledger/transfers/3"), "transfer_not_found"));
  for (const std::string_view target :
       {"/api/v1/ledger/accounts/2", "/api/v1/ledger/accounts/2/transfers",
        "/api/v1/ledger/accounts/2/balances", "/api/v1/ledger/transfers/800"}) {
    const Response response = f.get(target);
    CHECK(response.status == 403);
    CHECK(has(response, "ledger_not_granted"));
  }
  for (const std::string_view id : {"x", "01", "-1", "+1", "1.0", "340282366920938463463374607431768211456"})
    CHECK(f.get("/api/v1/ledger/accounts/" + std::string(id)).status == 400);
  Call other{"GET", "/api/v1/ledger/accounts/1"};
  other.auth.book = {2};
  CHECK(ask(f.router, other).status == 401);  // the client is unknown in that book
}

TEST_CASE("a client that was revoked or does not exist reads nothing") {
  Fixture f;
  f.directory.known.revoked = true;
  CHECK(has(f.get("/api/v1/ledger/accounts/1"), "client_revoked"));
  CHECK(f.get("/api/v1/ledger/ledgers").status == 401);
  f.directory.known.id = {6};
  CHECK(has(f.get("/api/v1/ledger/trial-balance"), "client_unknown"));
}

TEST_CASE("lists show granted ledgers only") {
  Fixture f;
  CHECK(f.get("/api/v1/ledger/ledgers").body ==
        R"({"data":[{"id":700,"currency":"EUR","exponent":2,"name":"n","timestamp":"3"}],"next":null})");
  const Response balance = f.get("/api/v1/ledger/trial-balance");
  CHECK(has(balance, R"("ledger":700,"code":7,"accounts":2,"debits_pending":"0","debits_posted":"0",)"
                     R"("credits_pending":"0","credits_posted":"680564733841876926926749214863536422911")"));
  CHECK_FALSE(has(balance, "800"));
  f.directory.known.all_ledgers = true;
  CHECK(has(f.get("/api/v1/ledger/trial-balance"), "800"));
}

TEST_CASE("the trial balance of a moment is asked for by its timestamp") {
  Fixture f;
  CHECK(f.get("/api/v1/ledger/trial-balance").status == 200);
  CHECK(f.balances.asked_at == std::nullopt);
  CHECK(f.get("/api/v1/ledger/trial-balance?at=18446744073709551615").status == 200);
  CHECK(f.balances.asked_at == Timestamp{~std::uint64_t{0}});
  CHECK(has(f.get("/api/v1/ledger/trial-balance?at=-5"), R"("parameter":"at")"));
}

TEST_CASE("a moment within a transaction is the end of it") {
  Fixture f;
  f.transactions.legs = 3;
  CHECK(f.get("/api/v1/ledger/trial-balance?at=5").status == 200);
  CHECK(f.balances.asked_at == Timestamp{8});
  const std::uint64_t born = f.balances.accounts[1].timestamp.value;
  f.history.moments[born + 10] = {Balances{{1}, {2}, {3}, {4}}, false};
  CHECK(has(f.get("/api/v1/ledger/accounts/1?at=" + std::to_string(born + 6)), R"("credits_posted":"0")"));
  CHECK(has(f.get("/api/v1/ledger/accounts/1?at=" + std::to_string(born + 7)), R"("credits_posted":"4")"));
}

TEST_CASE("a position of another book, beyond the head or made up is refused") {
  Fixture f;
  for (const std::string& bad : {f.position(5, 2), f.position(21), std::string("nonsense")}) {
    const Response response = f.get("/api/v1/ledger/accounts/1?min_position=" + bad);
    CHECK(response.status == 400);
    CHECK(has(response, "position_invalid"));
    CHECK(has(response, "\"parameter\":\"min_position\""));
  }
  CHECK(f.get("/api/v1/ledger/accounts/1?min_position=" + f.position(10)).status == 200);
}

TEST_CASE(
    "given a position beyond what is known, where others decide, then it is refused only when nothing is on "
    "its "
    "way") {
  Fixture f;
  const std::string target = "/api/v1/ledger/accounts/1?min_position=" + f.position(21);
  f.ports.head.is_behind = [] { return Result<bool>(false); };
  CHECK(f.get(target).status == 400);
  f.ports.head.is_behind = [] { return Result<bool>(fail(Errc::io, "secret broker")); };
  CHECK(f.get(target).status >= 500);
  f.ports.head.is_behind = [&] {  // what was on its way is known by now
    f.head = {21};
    return Result<bool>(false);
  };
  auto reply = begin(f.router, {"GET", target});
  for (ManualProgress* model :
       {static_cast<ManualProgress*>(&f.balances), static_cast<ManualProgress*>(&f.directory)})
    model->reach(21);
  CHECK(reply->wait().status == 200);
  f.head = {20};
  f.ports.head.is_behind = [] { return Result<bool>(true); };
  reply = begin(f.router, {"GET", "/api/v1/ledger/accounts/1?min_position=" + f.position(22)});
  CHECK_FALSE(reply->answered_within(20ms));
  for (ManualProgress* model :
       {static_cast<ManualProgress*>(&f.balances), static_cast<ManualProgress*>(&f.directory)})
    model->reach(22);
  CHECK(reply->wait().status == 200);
}

// Read your writes: all read models that an answer is made of must hold what the client wrote, in whatever
// order they get there. The grant of a ledger that was just opened is one of them.
TEST_CASE("a query waits until every read model it needs has reached the position") {
  struct Row {
    std::string_view target;
    bool balances, history;
  };
  for (const Row& row :
       {Row{"/api/v1/ledger/accounts/1", true, false},
        Row{"/api/v1/ledger/accounts/1?at=18446744073709551615", true, true},
        Row{"/api/v1/ledger/transfers/700", false, true},
        Row{"/api/v1/ledger/accounts/1/transfers", true, true},
        Row{"/api/v1/ledger/accounts/1/balances", true, true},
        Row{"/api/v1/ledger/trial-balance", true, false}, Row{"/api/v1/ledger/ledgers", false, false}}) {
    for (int last = 0; last < 3; ++last) {
      if ((last == 0 && !row.balances) || (last == 1 && !row.history)) continue;
      CAPTURE(row.target);
      CAPTURE(last);
      Fixture f;
      const char* const separator = row.target.find('?') == std::string_view::npos ? "?" : "&";
      const std::string target = std::string(row.target) + separator + "min_position=" + f.position(15);
      const auto reply = begin(f.router, {"GET", target});
      f.transactions.reach(15);
      if (last != 0) f.balances.reach(15);
      if (last != 1) f.history.reach(15);
      if (last != 2) f.directory.reach(15);
      CHECK_FALSE(reply->answered_within(20ms));
      if (last == 0) f.balances.reach(16);
      if (last == 1) f.history.reach(16);
      if (last == 2) f.directory.reach(16);
      CHECK(reply->wait().status == 200);
    }
  }
}

TEST_CASE("a wait that nobody needs any more is taken back") {
  Fixture f;
  const auto reply =
      begin(f.router, {"GET", "/api/v1/ledger/accounts/1/transfers?min_position=" + f.position(15)});
  CHECK(f.balances.waiting() + f.history.waiting() + f.directory.waiting() > 0);
  reply->cancel();
  CHECK(f.balances.waiting() + f.history.waiting() + f.directory.waiting() == 0);
}

TEST_CASE("an error of a read model is a 500 without its text") {
  Fixture f;
  f.balances.error = Error{Errc::io, "secret path"};
  const Response response = f.get("/api/v1/ledger/accounts/1");
  CHECK(response.status == 500);
  CHECK_FALSE(has(response, "secret"));
}

TEST_CASE("the public calls about the server") {
  ServerFacts facts{"1.2.3", "{\"openapi\":\"3.1.0\"}", [] { return std::string("{\"keys\":[]}"); },
                    [] { return std::string("up 1\n"); }, [] { return std::string(); }};
  Router router(api_endpoints());
  bind_facts(router, facts);
  CHECK(ask(router, {"GET", "/healthz"}).status == 200);
  CHECK(ask(router, {"GET", "/version"}).body == R"({"version":"1.2.3"})");
  CHECK(ask(router, {"GET", "/metrics"}).body == "up 1\n");
  CHECK(ask(router, {"GET", "/metrics"}).content_type.starts_with("text/plain"));
  CHECK(ask(router, {"GET", "/.well-known/jwks.json"}).body == "{\"keys\":[]}");
  CHECK(ask(router, {"GET", "/api/openapi.json"}).body == facts.openapi);
  CHECK(ask(router, {"GET", "/readyz"}).status == 200);
  facts.not_ready = [] { return std::string("the read models lag"); };
  const Response lagging = ask(router, {"GET", "/readyz"});
  CHECK(lagging.status == 503);
  CHECK(has(lagging, "the read models lag"));
}
