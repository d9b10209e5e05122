#include <doctest/doctest.h>

#include <set>

#include "gateway/http/rate_limit.hpp"
#include "gateway/http/response_head.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/trace.hpp"
#include "gateway/http/worker_pool.hpp"
#include "gateway/json/document.hpp"

using namespace florin;
using namespace florin::gateway;

namespace {

const std::vector<Endpoint> table{
    {"GET", "/a", "getA", 0, BodyKind::none, CallKind::query, {"limit", "cursor"}},
    {"POST", "/a", "postA"},
    {"GET", "/a/{id}", "getOne"},
    {"GET", "/a/{id}/b", "getB"},
    {"GET", "/a/all", "getAll", 0, BodyKind::none, CallKind::query, {"metadata[]"}},
};

}  // namespace

TEST_CASE("the router finds rows, methods and named parts") {
  const Router router(table);
  CHECK(router.match("GET", "/a").endpoint->operation_id == "getA");
  CHECK(router.match("HEAD", "/a").endpoint->operation_id == "getA");
  CHECK(router.match("POST", "/a").endpoint->operation_id == "postA");
  const auto one = router.match("GET", "/a/7%31");
  CHECK(one.endpoint->operation_id == "getOne");
  CHECK(one.path == NamedValues{{"id", "71"}});
  CHECK(router.match("GET", "/a/7/b").path == NamedValues{{"id", "7"}});
  CHECK(router.match("GET", "/a/all").endpoint->operation_id == "getAll");
  CHECK(router.match("GET", "/a/all").path.empty());

  for (const std::string_view path :
       {"", "/", "/b", "/a/", "/a/7/", "/a/7/c", "//a", "/a/%zz", "/a/%4", "/A"})
    CHECK_MESSAGE(router.match("GET", path).endpoint == nullptr, path);
  CHECK(router.match("GET", "/b").allow.empty());
  CHECK(router.match("DELETE", "/a").allow == "GET, HEAD, POST, OPTIONS");
  CHECK(router.match("POST", "/a/7").allow == "GET, HEAD, OPTIONS");
}

TEST_CASE("handlers are bound by operation") {
  Router router(table);
  router.bind("getA", [](RequestPtr, Reply) {});
  CHECK(router.unbound() == std::vector<std::string_view>{"postA", "getOne", "getB", "getAll"});
  CHECK(*router.match("GET", "/a").handler != nullptr);
}

TEST_CASE("a parameter may stand for any of each key, whose values may be empty and several") {
  const Endpoint& endpoint = table.back();
  const auto good = read_parameters(endpoint, "metadata[a]=1&metadata%5Bb[c]%5D=2");
  REQUIRE(good);
  CHECK(*good == NamedValues{{"metadata[a]", "1"}, {"metadata[b[c]]", "2"}});
  const auto several = read_parameters(endpoint, "metadata[a]=1,2&metadata[b]=&metadata[a]=3&metadata[a]");
  REQUIRE(several);
  CHECK(*several ==
        NamedValues{{"metadata[a]", "1,2"}, {"metadata[b]", ""}, {"metadata[a]", "3"}, {"metadata[a]", ""}});
  for (const std::string_view bad : {"metadata=1", "metadata[]=1", "metadata[]=", "metadata[a=1",
                                     "metadata=", "metadat[a]=1", "xmetadata[a]=1"})
    CHECK_MESSAGE(!read_parameters(endpoint, bad), bad);
}

TEST_CASE("parameters are allowed, whole and given once") {
  const auto good = read_parameters(table[0], "limit=5&cursor=a%2Bb");
  REQUIRE(good);
  CHECK(*good == NamedValues{{"limit", "5"}, {"cursor", "a+b"}});
  CHECK(read_parameters(table[0], "")->empty());

  const auto code = [](std::string_view query) {
    const auto values = read_parameters(table[0], query);
    REQUIRE_FALSE(values);
    CHECK(values.error().code == ProblemCode::parameter_invalid);
    return values.error().errors.empty() ? std::string("malformed") : values.error().errors[0].code;
  };
  CHECK(code("limit=") == "empty");
  CHECK(code("limit") == "empty");
  CHECK(code("Limit=5") == "unknown_parameter");
  CHECK(code("x=5") == "unknown_parameter");
  CHECK(code("limit=5&limit=5") == "repeated");
  CHECK(code("limit=%4") == "malformed");
  CHECK(code("limit=%zz") == "malformed");
  CHECK(code("&limit=5") == "malformed");
  CHECK(code("limit=5&") == "malformed");
}

TEST_CASE("forms and queries turn plus into space, which is how client libraries write it") {
  CHECK(parse_form("a=b+c%2B&d=%20") == NamedValues{{"a", "b c+"}, {"d", " "}});
  CHECK(parse_form("d=") == NamedValues{{"d", ""}});
  CHECK_FALSE(parse_form("=b"));
}

TEST_CASE("every error has a problem, and every problem is JSON with the members of RFC 9457") {
  std::set<std::string_view> names;
  for (const ProblemKind& what : problem_catalogue()) {
    CHECK(&kind(what.code) == &what);
    CHECK(names.insert(what.name).second);
    CHECK((what.status >= 400 && what.status < 600));
    CHECK(reason_phrase(what.status) != "Status");
  }
  CHECK(to_problem(Rejection::ledger_not_granted).code == ProblemCode::ledger_not_granted);
  CHECK(to_problem(AuthRefusal::unavailable).code == ProblemCode::unavailable);
  const Error io{Errc::io, "/secret/path: broken"};
  CHECK(to_problem(io, CallKind::command).code == ProblemCode::outcome_unknown);
  CHECK(to_problem(io, CallKind::query).code == ProblemCode::internal_error);
  CHECK(to_problem(io, CallKind::query).detail.find("secret") == std::string::npos);
  CHECK(to_problem({Errc::overloaded, ""}, CallKind::command).retry_after_s == 1);

  Problem problem{.code = ProblemCode::body_invalid, .detail = "a \"quoted\" \n word"};
  problem.errors.push_back({.at = "/accounts/1/code", .code = "out_of_range", .detail = "Too big."});
  problem.errors.push_back({FieldError::Place::parameter, "limit", "empty", "Empty."});
  const Response response = to_response(problem, "r-1");
  CHECK(response.status == 422);
  CHECK(response.content_type == "application/problem+json");
  CHECK(response.body ==
        R"({"type":"urn:florin:problem:body_invalid","title":"Fields of the body are wrong","status":422,)"
        R"("detail":"a \"quoted\" \u000a word","code":"body_invalid","request_id":"r-1",)"
        R"("errors":[{"pointer":"/accounts/1/code","code":"out_of_range","detail":"Too big."},)"
        R"({"parameter":"limit","code":"empty","detail":"Empty."}]})");
  CHECK(json::Document::parse(response.body));
}

TEST_CASE("401 and 403 say how to authenticate") {
  const auto challenge = [](const Problem& problem) { return problem.challenge; };
  CHECK(challenge(to_problem(AuthRefusal::expired))
            .starts_with("Bearer realm=\"florin\", error=\"invalid_token\""));
  CHECK(challenge(scope_problem(scopes::ledger_write)) ==
        "Bearer realm=\"florin\", error=\"insufficient_scope\", scope=\"ledger:write\"");
}

TEST_CASE("a bucket gives its quota, then one request in each part of the window") {
  RateLimiter limiter({.quota = 4, .window_s = 2});
  const Principal caller{PrincipalKind::client, 7};
  RateLimiter::Time now{};
  for (std::uint32_t left : {3U, 2U, 1U, 0U}) {
    const auto verdict = limiter.take(BookId{1}, caller, now);
    CHECK(verdict.allowed);
    CHECK(verdict.remaining == left);
  }
  const auto refused = limiter.take(BookId{1}, caller, now);
  CHECK_FALSE(refused.allowed);
  CHECK(refused.retry_after_s == 1);
  CHECK(refused.reset_s == 2);
  CHECK(RateLimiter::state_field(refused) == "\"default\";r=0;t=2");
  CHECK(limiter.policy_field() == "\"default\";q=4;w=2");
  CHECK(limiter.take(BookId{2}, caller, now).allowed);

  now += std::chrono::milliseconds(500);
  CHECK(limiter.take(BookId{1}, caller, now).allowed);
  CHECK_FALSE(limiter.take(BookId{1}, caller, now).allowed);
  now += std::chrono::hours(1);
  CHECK(limiter.take(BookId{1}, caller, now).remaining == 3);
}

TEST_CASE("the table of callers is bounded") {
  RateLimiter limiter({.quota = 1, .window_s = 3600});
  const RateLimiter::Time now{};
  for (std::uint64_t id = 0; id <= RateLimiter::callers_max; ++id)
    CHECK(limiter.take(BookId{1}, {PrincipalKind::client, id}, now).allowed);
  CHECK(limiter.callers() == RateLimiter::callers_max);
  CHECK_FALSE(limiter.take(BookId{1}, {PrincipalKind::client, RateLimiter::callers_max}, now).allowed);
  CHECK(limiter.take(BookId{1}, {PrincipalKind::client, 0}, now).allowed);
}

TEST_CASE("request ids and trace contexts are taken when they are sane, else made") {
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const Trace known = make_trace("client-id_1.2", parent);
  CHECK(known.request_id == "client-id_1.2");
  CHECK(known.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(known.traceparent.substr(0, 36) == parent.substr(0, 36));
  CHECK(known.traceparent.substr(36, 16) != parent.substr(36, 16));
  CHECK(known.traceparent.ends_with("-01"));

  for (const std::string& bad :
       {std::string("a b"), std::string("a\nb"), std::string(65, 'a'), std::string()})
    CHECK(make_trace(bad, std::nullopt).request_id.size() == 32);
  for (const std::string& bad : {std::string("00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
                                 parent + "-x", parent.substr(1), std::string("ff") + parent.substr(2),
                                 std::string("00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")}) {
    const Trace made = make_trace(std::nullopt, bad);
    CHECK(made.trace_id != "4bf92f3577b34da6a3ce929d0e0e4736");
    CHECK(made.traceparent.size() == 55);
    CHECK(made.traceparent.ends_with("-00"));
  }
}

TEST_CASE("dates are those of RFC 9110") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("a worker pool runs tasks in order and refuses what its queue cannot hold") {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  std::size_t done = 0;
  WorkerPool pool(1);
  const auto task = [&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
    ++done;
    changed.notify_all();
  };
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < WorkerPool::queue_max + 10; ++i)
    if (pool.post(task)) ++accepted;
  CHECK(accepted >= WorkerPool::queue_max);
  CHECK(accepted <= WorkerPool::queue_max + 1);
  std::unique_lock lock(mutex);
  open = true;
  changed.notify_all();
  changed.wait(lock, [&] { return done == accepted; });
  CHECK(done == accepted);
}
