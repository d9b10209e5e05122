// Chains that broke on an item that was there already: what each member is by itself.
#include "gateway/import/chains.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "gateway/import/sender.hpp"
#include "tests/gateway/import/fake_http.hpp"

namespace florin::importing::test {
namespace {

using nlohmann::json;

Item transfer(int id, int amount, bool linked_to_next) {
  Item made;
  made.source = {"f.csv", static_cast<std::uint64_t>(id)};
  made.id = std::to_string(id);
  json sent{{"id", made.id}, {"amount", std::to_string(amount)}};
  if (linked_to_next) sent["flags"] = {"linked"};
  made.json = sent.dump();
  made.linked = linked_to_next;
  return made;
}

// A server that creates a chain whole or not at all, and says of all but the culprit that their chain failed.
class ChainServer {
 public:
  Result<HttpAnswer> answer(const HttpCall& call) {
    const json body = json::parse(call.body);
    const json& items = body.at("transfers");
    json all = json::array();
    std::map<std::string, json> now = there;
    while (all.size() < items.size()) decide_chain(items, all, now);
    if (!body.value("dry_run", false)) there = std::move(now);
    return HttpAnswer{200, json{{"results", all}, {"position", "p"}}.dump(), 0};
  }

  std::map<std::string, json> there;

 private:
  static void decide_chain(const json& items, json& all, std::map<std::string, json>& now) {
    const std::size_t first = all.size();
    std::map<std::string, json> with = now;
    std::size_t culprit = items.size(), i = first;
    for (bool more = true; more; ++i) {
      more = items[i].contains("flags");
      const std::string status = more && i + 1 == items.size() ? "linked_event_chain_open"
                                 : culprit < i                 ? "linked_event_failed"
                                                               : decide(items[i], with);
      if (status != "created") culprit = std::min(culprit, i);
      more = more && i + 1 < items.size();
      all.push_back({{"status", status}, {"timestamp", "1"}});
    }
    if (culprit == items.size()) now = std::move(with);
    for (std::size_t before = first; culprit < items.size() && before < culprit; ++before)
      all[before]["status"] = "linked_event_failed";
  }
  static std::string decide(const json& sent, std::map<std::string, json>& with) {
    const std::string id = sent.at("id");
    if (id == "0") return "id_must_not_be_zero";
    const auto found = with.find(id);
    if (found == with.end()) return with[id] = sent, "created";
    if (found->second.contains("flags") != sent.contains("flags")) return "exists_with_different_flags";
    return found->second == sent ? "exists" : "exists_with_different_amount";
  }
};

// Sends to a server and gives what the report says.
std::string send_to(FakeHttp::Answer answer, std::vector<Item> items, SendOptions options) {
  FakeHttp http(std::move(answer));
  Api api(http, {"id", "secret"}, no_wait);
  Report report = *Report::open({});
  Progress progress(stderr, true);
  Sender sender(api, report, progress, options);
  sender.begin(transfers_target);
  for (Item& each : items) REQUIRE(sender.add(std::move(each)));
  REQUIRE(sender.finish());
  return report.text(options.dry_run);
}
std::string send_chains(ChainServer& server, std::vector<Item> items, SendOptions options = {10, false}) {
  return send_to([&server](const HttpCall& call) { return server.answer(call); }, std::move(items), options);
}

TEST_CASE("given a chain that is there, a second run finds all of it, and nothing is refused") {
  ChainServer server;
  const std::vector<Item> all{transfer(1, 5, true), transfer(2, 5, true), transfer(3, 5, false),
                              transfer(4, 5, false)};
  CHECK(send_chains(server, all) == "transfer: 4 created, 0 existed, 0 refused\n");
  const auto before = server.there;
  CHECK(send_chains(server, all) == "transfer: 0 created, 4 existed, 0 refused\n");
  CHECK(send_chains(server, all, {10, true}) == "transfer: 0 would be created, 4 existed, 0 refused\n");
  CHECK(server.there == before);
}

TEST_CASE("given a chain of which only a part is there, what is not there is refused and not created") {
  ChainServer server;
  send_chains(server, {transfer(2, 5, false)});
  const std::vector<Item> chain{transfer(1, 5, true), transfer(2, 5, false)};
  const std::string refused =
      "transfer: 0 created, 1 existed, 1 refused\n"
      "refused: f.csv:1: transfer 1: linked_event_failed: transfer 2 of its chain is there already\n";
  CHECK(send_chains(server, chain) == refused);
  CHECK(server.there.size() == 1);
}

TEST_CASE("given a chain that is there with another amount, only the member that differs is refused") {
  ChainServer server;
  send_chains(server, {transfer(1, 5, true), transfer(2, 5, true), transfer(3, 5, false)});
  const std::string differs =
      "transfer: 0 created, 2 existed, 1 refused\n"
      "refused: f.csv:2: transfer 2: exists_with_different_amount\n";
  CHECK(send_chains(server, {transfer(1, 5, true), transfer(2, 6, true), transfer(3, 5, false)}) == differs);
  const std::string first_differs =
      "transfer: 0 created, 2 existed, 1 refused\n"
      "refused: f.csv:1: transfer 1: exists_with_different_amount\n";
  CHECK(send_chains(server, {transfer(1, 6, true), transfer(2, 5, true), transfer(3, 5, false)}) ==
        first_differs);
}

TEST_CASE("given two broken chains that end with one transfer, neither makes the other's end look there") {
  ChainServer server;
  send_chains(server,
              {transfer(1, 5, true), transfer(9, 5, false), transfer(2, 5, true), transfer(8, 5, false)});
  CHECK(send_chains(server, {transfer(1, 5, true), transfer(3, 5, false), transfer(2, 5, true),
                             transfer(3, 5, false)})
            .find("transfer: 0 created, 2 existed, 2 refused\n") == 0);
  CHECK(server.there.count("3") == 0);
}

TEST_CASE("given a long chain that is there, no call asks about more of it than the server takes") {
  constexpr int members = 6000;
  std::size_t most = 0;
  std::vector<Item> chain;
  for (int id = 1; id <= members; ++id) chain.push_back(transfer(id, 5, id < members));
  const auto answer = [&most](const HttpCall& call) {
    const json body = json::parse(call.body);
    most = std::max(most, body.at("transfers").size());
    return results(call, "transfers", [&body](const json& sent) {
      return sent.at("id") == "1" || body.value("dry_run", false) ? "exists" : "linked_event_failed";
    });
  };
  CHECK(send_to(answer, std::move(chain), {batch_items_max, false}) ==
        "transfer: 0 created, 6000 existed, 0 refused\n");
  CHECK(most <= batch_items_max);
}

}  // namespace
}  // namespace florin::importing::test
