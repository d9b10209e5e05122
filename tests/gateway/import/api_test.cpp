#include "gateway/import/api.hpp"

#include <doctest/doctest.h>

#include "tests/gateway/import/fake_http.hpp"

namespace florin::importing::test {
namespace {

using std::chrono::milliseconds;

const Credentials robot{"1:x y", "s%cret"};

TEST_CASE("given a client, a call bears a token that was asked for once, by HTTP Basic with form encoding") {
  FakeHttp http([](const HttpCall&) { return HttpAnswer{200, "{}", 0}; });
  Api api(http, robot, no_wait);
  REQUIRE(api.post("/ledger/accounts", "{}"));
  REQUIRE(api.get("/ledger/ledgers"));
  REQUIRE(http.token_calls.size() == 1);
  CHECK(header(http.token_calls[0], "Authorization") == "Basic MSUzYXglMjB5OnMlMjVjcmV0");
  REQUIRE(http.calls.size() == 2);
  CHECK(http.calls[0].path == "/api/v1/ledger/accounts");
  CHECK(header(http.calls[0], "Authorization") == "Bearer t1");
  CHECK(header(http.calls[0], "Content-Type") == "application/json");
}

TEST_CASE("given a token that has expired, another is asked for, once a call") {
  FakeHttp http([](const HttpCall& call) {
    return header(call, "Authorization") == "Bearer t1" ? problem(401, "token_expired")
                                                        : HttpAnswer{200, "{}", 0};
  });
  Api api(http, robot, no_wait);
  CHECK(api.get("/x")->status == 200);
  CHECK(http.token_calls.size() == 2);

  FakeHttp revoked([](const HttpCall&) { return problem(401, "client_revoked"); });
  Api refused(revoked, robot, no_wait);
  CHECK(refused.get("/x")->status == 401);
  CHECK(revoked.token_calls.size() == 2);
}

TEST_CASE("given no answer or \"not now\", the call is made again after longer and longer waits") {
  std::vector<milliseconds> waits;
  int calls = 0;
  FakeHttp http([&calls](const HttpCall&) -> Result<HttpAnswer> {
    ++calls;
    if (calls == 1) return fail(Errc::io, "connection refused");
    if (calls == 2) return problem(503, "overloaded");
    if (calls == 3) return HttpAnswer{429, "", 7};
    if (calls == 4) return HttpAnswer{504, "", 3600};
    return HttpAnswer{200, "{}", 0};
  });
  Api api(http, robot, [&waits](milliseconds time) { waits.push_back(time); });
  CHECK(api.post("/x", "{}")->status == 200);
  CHECK(waits ==
        std::vector{milliseconds(200), milliseconds(400), milliseconds(7'000), milliseconds(60'000)});
}

TEST_CASE("given a server that stays away, the call ends after its attempts") {
  FakeHttp http([](const HttpCall&) { return fail(Errc::io, "connection refused"); });
  Api api(http, robot, no_wait);
  const auto answer = api.get("/x");
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::io);
  CHECK(http.calls.size() == api_attempts_max);
}

TEST_CASE("given a problem, it is read with the items that it blames") {
  const auto read =
      read_problem(problem(400, "body_invalid",
                           {{{"pointer", "/transfers/3/amount"}, {"code", "invalid"}, {"detail", "No."}},
                            {{"pointer", "/transfers/12"}, {"code", "invalid"}, {"detail", "No."}},
                            {{"pointer", "/transfers"}, {"code", "invalid"}},
                            {{"parameter", "limit"}},
                            "text"}),
                   "transfers");
  CHECK(read.code == "body_invalid");
  REQUIRE(read.items.size() == 2);
  CHECK(read.items[0].item == 3);
  CHECK(read.items[0].detail == "amount: No.");
  CHECK(read.items[1].item == 12);
  CHECK(to_text(read) == "400 body_invalid: why");
  CHECK(to_text(read_problem({502, "<html>", 0}, "x")) == "502");
}

}  // namespace
}  // namespace florin::importing::test
