// Which accounts bear their names already.
#include "gateway/import/account_names.hpp"

#include <doctest/doctest.h>

#include "gateway/import/items.hpp"
#include "tests/gateway/import/fake_http.hpp"

namespace florin::importing::test {
namespace {

using nlohmann::json;

PlannedAccount planned(unsigned id) {
  PlannedAccount made;
  made.account.id = {id};
  made.name = "Account " + std::to_string(id);
  made.commodity = "EUR";
  return made;
}

TEST_CASE("given more accounts than a query names, all are asked about, in their order") {
  std::vector<PlannedAccount> accounts;
  for (unsigned id = 1; id <= 250; ++id) accounts.push_back(planned(id));
  FakeHttp http([&](const HttpCall& call) {  // it has the odd ones, and none that the call does not name
    json rows = json::array();
    const std::string ids = "," + call.path.substr(call.path.find("&id=") + 4) + ",";
    for (unsigned id = 1; id <= 250; id += 2)
      if (ids.find("," + std::to_string(id) + ",") != std::string::npos)
        rows.push_back({{"id", std::to_string(id)},
                        {"metadata", {{"name", accounts[id - 1].name}, {"commodity", "EUR"}, {"x", "y"}}}});
    return HttpAnswer{200, json{{"data", rows}, {"next", nullptr}}.dump(), 0};
  });
  Api api(http, {"id", "secret"}, no_wait);
  const auto named = find_named(api, accounts, "p");
  REQUIRE(named);
  REQUIRE(named->size() == 250);
  for (unsigned id = 1; id <= 250; ++id) CHECK((*named)[id - 1] == (id % 2 == 1));
  CHECK(http.calls.size() == 3);
  for (const HttpCall& call : http.calls) CHECK(call.path.find("min_position=p") != std::string::npos);
}

TEST_CASE("given other metadata than an import would set, the account is not named") {
  FakeHttp http([](const HttpCall&) {
    const json rows = {{{"id", "1"}, {"metadata", {{"name", "Account 1"}}}},
                       {{"id", "2"}, {"metadata", {{"name", "Account 1"}, {"commodity", "EUR"}}}}};
    return HttpAnswer{200, json{{"data", rows}}.dump(), 0};
  });
  Api api(http, {"id", "secret"}, no_wait);
  const std::vector<PlannedAccount> accounts{planned(1), planned(2), planned(3)};
  CHECK(*find_named(api, accounts, "p") == std::vector<bool>{false, false, false});
}

TEST_CASE("given an answer that is no list of accounts, it is an error") {
  HttpAnswer answer;
  FakeHttp http([&answer](const HttpCall&) { return answer; });
  Api api(http, {"id", "secret"}, no_wait);
  const std::vector<PlannedAccount> accounts{planned(1)};
  answer = problem(403, "scope_missing");
  CHECK(find_named(api, accounts, "p").error().code == Errc::permission);
  answer = problem(500, "gone");
  CHECK(find_named(api, accounts, "p").error().code == Errc::io);
  for (const char* body : {"", "[]", "{}", R"({"data":[{"id":1}]})", R"({"data":[{"id":"1"}]})"}) {
    answer = {200, body, 0};
    CHECK(find_named(api, accounts, "p").error().code == Errc::format);
  }
}

}  // namespace
}  // namespace florin::importing::test
