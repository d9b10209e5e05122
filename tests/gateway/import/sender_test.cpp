// Items in batches, and what becomes of each.
#include "gateway/import/sender.hpp"

#include <doctest/doctest.h>

#include "tests/gateway/import/fake_http.hpp"

namespace florin::importing::test {
namespace {

using nlohmann::json;

Item item(int id) {
  Item made;
  made.source = {"f.csv", static_cast<std::uint64_t>(id)};
  made.id = std::to_string(id);
  made.json = json{{"id", made.id}}.dump();
  return made;
}
Item linked(int id) {
  Item made = item(id);
  made.linked = true;
  return made;
}

// Sends items to a server that answers as it is told, and keeps which ids came together.
class Sending {
 public:
  explicit Sending(FakeHttp::Answer answer, SendOptions options = {3, false})
      : http_(std::move(answer)),
        api_(http_, {"id", "secret"}, no_wait),
        report_(*Report::open({})),
        progress_(stderr, true),
        sender_(api_, report_, progress_, options) {}

  Result<void> send(std::vector<Item> items) {
    sender_.begin(transfers_target);
    for (Item& each : items) FLORIN_TRY(sender_.add(std::move(each)));
    return sender_.finish();
  }

  std::string batches() const {
    std::string out;
    for (const HttpCall& call : http_.calls) {
      const json batch = json::parse(call.body);
      for (const auto& each : batch.at("transfers")) out += each.at("id").get<std::string>() + " ";
      out.back() = '|';
    }
    return out;
  }
  const Counts& counts() { return report_.counts("transfer"); }
  std::string text() const { return report_.text(false); }
  const HttpCall& first_call() const { return http_.calls.front(); }

 private:
  FakeHttp http_;
  Api api_;
  Report report_;
  Progress progress_;
  Sender sender_;
};

Result<HttpAnswer> create_all(const HttpCall& call) {
  return results(call, "transfers", [](const json&) { return "created"; });
}

// A server that finds some ids malformed, as the real one does: nothing of the batch is accepted.
FakeHttp::Answer malformed(std::vector<std::string> wrong, bool points) {
  return [wrong, points](const HttpCall& call) -> Result<HttpAnswer> {
    json errors = json::array();
    bool any = false;
    const json items = json::parse(call.body).at("transfers");
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (std::find(wrong.begin(), wrong.end(), items[i].at("id")) == wrong.end()) continue;
      any = true;
      if (points)
        errors.push_back({{"pointer", "/transfers/" + std::to_string(i) + "/code"},
                          {"code", "invalid"},
                          {"detail", "No."}});
    }
    return any ? Result<HttpAnswer>(problem(400, "body_invalid", errors)) : create_all(call);
  };
}

TEST_CASE("given many items, they go in batches, and each is counted") {
  Sending sending([](const HttpCall& call) {
    return results(call, "transfers",
                   [](const json& sent) { return sent.at("id") == "2" ? "exists" : "created"; });
  });
  REQUIRE(sending.send({item(1), item(2), item(3), item(4)}));
  CHECK(sending.batches() == "1 2 3|4|");
  CHECK(sending.counts().created == 3);
  CHECK(sending.counts().existed == 1);
  CHECK(sending.first_call().body.find("dry_run") == std::string::npos);
}

TEST_CASE("given a refusal, it is reported with its line and what the server says of it") {
  Sending sending([](const HttpCall& call) {
    return results(call, "transfers", [](const json& sent) -> json {
      if (sent.at("id") == "1")
        return {{"status", "exceeds_credits"}, {"timestamp", "5"}, {"account_id", "9"}, {"available", "100"}};
      return "imported_event_timestamp_must_not_regress";
    });
  });
  REQUIRE(sending.send({item(1), item(2)}));
  CHECK(sending.counts().refused == 2);
  CHECK(sending.text().find("f.csv:1: transfer 1: exceeds_credits: account_id 9, available 100\n") !=
        std::string::npos);
  CHECK(sending.text().find("book of its own") != std::string::npos);
}

TEST_CASE("given a chain, no batch cuts it") {
  Sending sending(create_all);
  REQUIRE(sending.send(
      {item(1), linked(2), linked(3), item(4), linked(5), linked(6), linked(7), item(8), item(9)}));
  CHECK(sending.batches() == "1|2 3 4|5 6 7 8|9|");
}

TEST_CASE("given imports among others, no batch holds both") {
  Sending sending(create_all);
  Item imported = item(2);
  imported.imported = true;
  REQUIRE(sending.send({item(1), imported, item(3)}));
  CHECK(sending.batches() == "1|2|3|");
}

TEST_CASE("given malformed items that the server points at, the others are sent without them") {
  Sending sending(malformed({"2", "3"}, true), {10, false});
  REQUIRE(sending.send({item(1), item(2), item(3), item(4)}));
  CHECK(sending.batches() == "1 2 3 4|1 4|");
  CHECK(sending.counts().created == 2);
  CHECK(sending.counts().refused == 2);
  CHECK(sending.text().find("f.csv:3: transfer 3: invalid: code: No.") != std::string::npos);
}

TEST_CASE("given a malformed member of a chain, all of the chain is refused") {
  Sending sending(malformed({"3"}, true), {10, false});
  REQUIRE(sending.send({item(1), linked(2), linked(3), item(4), item(5)}));
  CHECK(sending.batches() == "1 2 3 4 5|1 5|");
  CHECK(sending.text().find("f.csv:2: transfer 2: linked_event_failed") != std::string::npos);
  CHECK(sending.counts().refused == 3);
}

TEST_CASE("given a fault that the server does not point at, halves are sent until it stands alone") {
  Sending sending(malformed({"3"}, false), {10, false});
  REQUIRE(sending.send({item(1), item(2), item(3), linked(4), item(5)}));
  CHECK(sending.counts().created == 4);
  CHECK(sending.counts().refused == 1);
  CHECK(sending.text().find("f.csv:3: transfer 3: body_invalid: why") != std::string::npos);
}

TEST_CASE("given a refusal that no item is to blame for, the import ends") {
  Sending sending([](const HttpCall&) { return problem(403, "scope_missing"); });
  const auto sent = sending.send({item(1)});
  REQUIRE(!sent);
  CHECK(sent.error().message.find("403 scope_missing") != std::string::npos);
  Sending odd([](const HttpCall&) { return HttpAnswer{200, R"({"results":[]})", 0}; });
  CHECK(!odd.send({item(1)}));
}

TEST_CASE("given a dry run, the calls say so, and what depends on others is counted apart") {
  Sending sending(
      [](const HttpCall& call) {
        return results(call, "transfers", [](const json& sent) {
          return sent.at("id") == "1" ? "created" : "pending_transfer_not_found";
        });
      },
      {10, true});
  REQUIRE(sending.send({item(1), item(2)}));
  CHECK(json::parse(sending.first_call().body).at("dry_run") == true);
  CHECK(sending.counts().created == 1);
  CHECK(sending.counts().unseen == 1);
  CHECK(sending.counts().refused == 0);
}

}  // namespace
}  // namespace florin::importing::test
