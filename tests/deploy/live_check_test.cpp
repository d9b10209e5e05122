// What `florin check` does on a live server: sound books pass, damage is named, and nothing is left behind.
#include <future>

#include "deploy/florin/read_model_check.hpp"
#include "schemas/items_codec.hpp"
#include "schemas/transactions_codec.hpp"
#include "tests/deploy/live_server.hpp"

namespace florin::testing {
namespace {

using Json = nlohmann::ordered_json;

Json ended(const LiveCheck& check) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (check.status().at("state") == "running") {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return check.status();
}

Json check_of(Server& server, bool with_replay = true) {
  LiveCheck check(server.ports());
  REQUIRE(check.start(with_replay).has_value());
  return ended(check);
}

Json verdict(const Json& status, const std::string& name) {
  for (const auto& invariant : status.at("invariants"))
    if (invariant.at("name") == name) return invariant;
  FAIL("no invariant " << name);
  return {};
}

// The names of the invariants that are not ok, in order.
std::string not_ok(const Json& status) {
  std::string names;
  for (const auto& invariant : status.at("invariants"))
    if (invariant.at("state") != "ok") names += invariant.at("name").get<std::string>() + " ";
  return names;
}

// The attributes of an account, as the read model keeps them, under another id.
Bytes with_id(ByteView attributes, u128 id) {
  Reader in(attributes);
  Account account = read_account(in);
  account.id = {id};
  Bytes bytes;
  Writer out(bytes);
  write_account(out, account);
  return bytes;
}

Command limit(u128 account, Limits limits) {
  return {by_client(), Bulk{false, {SetLimits{{account}, limits}}}};
}

Bytes encoded(const Limits& limits) {
  Bytes bytes;
  Writer out(bytes);
  write_limits(out, limits);
  return bytes;
}

// The row of an account's limits in the read model of balances.
Bytes limits_key(u128 account) { return projections::row_key(7, book.value, account); }

bool says(const Json& invariant, std::string_view text) {
  for (const auto& finding : invariant.at("findings"))
    if (finding.get<std::string>().find(text) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("given a sound book, when it is checked, then all is ok at its position and no folder is left") {
  Server server;
  const Json status = check_of(server);
  REQUIRE(status.at("state") == "done");
  CHECK(status.at("ok") == true);
  CHECK(not_ok(status) == "");
  CHECK(status.at("sequence") == server.data.events->next().value - 1);
  CHECK(status.at("read_models_sequence") == status.at("sequence"));
  CHECK(status.at("records_replayed") == server.data.journal->head().value);
  CHECK(status.at("accounts_compared") == 2);
  CHECK_FALSE(std::filesystem::exists(server.scratch()));
}

TEST_CASE("given commands all the while, when the book is checked again and again, then all is ok") {
  Server server;
  LiveCheck check(server.ports());
  for (int round = 0; round < 5; ++round) {
    REQUIRE(check.start(true).has_value());
    do {
      server.transfers(10);
    } while (check.status().at("state") == "running");
    const Json status = check.status();
    CHECK(status.at("check") == round + 1);
    REQUIRE(status.at("state") == "done");
    CHECK(not_ok(status) == "");
  }
}

TEST_CASE("given a row that was changed in the live store, when it is checked, then it is named") {
  Server server;
  server.change_account(1);
  const Json status = check_of(server);
  REQUIRE(status.at("state") == "done");
  CHECK(status.at("ok") == false);
  CHECK(not_ok(status) == "sums read_models digest ");
  CHECK(says(verdict(status, "sums"), "book 1, ledger 700"));
  CHECK(says(verdict(status, "read_models"),
             "book 1, account 1: the read model of balances shows another row"));
  CHECK(says(verdict(status, "read_models"), "the trial balance is not the sum of the state's accounts"));
  CHECK(says(verdict(status, "digest"), "book 1, account 1: its row is not what the journal gives"));
  CHECK(report_text(status).find("broken       sums ") != std::string::npos);
}

TEST_CASE("given a check without replay, then what needs one is not checked, and the rest is") {
  Server server;
  CHECK(check_of(server, false).at("ok") == true);
  CHECK(not_ok(check_of(server, false)) == "events digest ");
  CHECK(verdict(check_of(server, false), "digest").at("state") == "not_checked");
  server.change_account(2);
  CHECK(not_ok(check_of(server, false)) == "sums read_models events digest ");
  CHECK(check_of(server, false).at("ok") == false);
}

TEST_CASE("given a read model with an account too few, one too many and another sum, then each is named") {
  Server server;
  REQUIRE(check_of(server).at("ok") == true);
  server.close();
  server.open();
  server.views.reset();
  {
    const auto store = server.stores()(server.balances()).value();
    std::vector<std::pair<Bytes, Bytes>> rows;
    REQUIRE(store
                ->scan(Bytes{1}, Bytes{4}, ScanOrder::ascending,
                       [&](ByteView key, ByteView value) {
                         rows.emplace_back(Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end()));
                         return true;
                       })
                .has_value());
    REQUIRE(rows.size() == 5);  // two rows of each account, and a sum
    StoreBatch batch;
    for (const std::size_t of_account_2 : {1, 3}) {
      batch.erase(rows[of_account_2].first);
      rows[of_account_2].first.back() = 9;  // account 9 in its place
      if (of_account_2 == 1) rows[1].second = with_id(rows[1].second, 9);
      batch.put(rows[of_account_2].first, rows[of_account_2].second);
    }
    rows[4].second.front() += 1;  // the number of accounts
    batch.put(rows[4].first, rows[4].second);
    REQUIRE(store->write(batch).has_value());
  }
  server.close();
  server.open();
  const Json status = check_of(server);
  CHECK(not_ok(status) == "read_models ");
  const Json found = verdict(status, "read_models");
  CHECK(found.at("found") == 3);
  CHECK(says(found, "book 1, account 2: the read model of balances does not have it"));
  CHECK(says(found, "book 1, account 9: only the read model of balances has it"));
  CHECK(says(found, "book 1, ledger 700, code 1: the trial balance is not the sum"));
}

TEST_CASE("given limits that a command set, when it is checked, then all is ok") {
  Server server;
  server.run({limit(1, {Amount{1000}, std::nullopt}), limit(2, {Amount{1000}, Amount{5000}})});
  CHECK(check_of(server).at("ok") == true);
  server.run({limit(1, {})});
  CHECK(check_of(server).at("ok") == true);
}

TEST_CASE("given limits that are set behind the snapshot, when the read model has them, then all is ok") {
  Server server;
  server.run({limit(1, {Amount{1000}, std::nullopt})});
  const auto snapshot = server.data.store->snapshot().value();
  const Sequence next = server.data.events->next();
  server.run({limit(1, {}), limit(2, {std::nullopt, Amount{5000}})});
  server.run({{by_client(), CreateAccounts{{account(3)}}}, limit(3, {Amount{7}, std::nullopt})});
  server.wait_for_balances();
  auto model = server.views->walk_balances().value();
  const auto report = check_balances(*snapshot, next, model, *server.data.events,
                                     [](std::uint64_t) { return Result<void>(); });
  REQUIRE(report.has_value());
  CHECK(report->findings.kept().empty());
  CHECK(report->accounts == 3);
}

TEST_CASE("given a read model with other limits or none, when it is checked, then the account is named") {
  Server server;
  server.run({limit(1, {Amount{1000}, std::nullopt}), limit(2, {Amount{1000}, std::nullopt})});
  REQUIRE(check_of(server).at("ok") == true);
  server.change_balances([](StoreBatch& batch) {
    batch.put(limits_key(1), encoded({std::nullopt, Amount{1000}}));
    batch.erase(limits_key(2));
  });
  const Json status = check_of(server);
  CHECK(not_ok(status) == "read_models ");
  const Json found = verdict(status, "read_models");
  CHECK(found.at("found") == 2);
  CHECK(says(found, "book 1, account 1: the read model of balances shows other limits than the state's"));
  CHECK(says(found, "book 1, account 2: the read model of balances shows other limits than the state's"));
}

TEST_CASE("given a read model with limits of no account, when it is checked, then that is told") {
  for (const u128 nobody : {0, 3}) {  // before the first account, and after the last
    Server server;
    server.change_balances([nobody](StoreBatch& batch) {
      batch.put(limits_key(nobody), encoded({Amount{5}, std::nullopt}));
    });
    const Json status = check_of(server);
    CHECK(not_ok(status) == "read_models ");
    CHECK(says(verdict(status, "read_models"), "limits stand under an id that no account has"));
  }
}

TEST_CASE(
    "given a read model that does not come to the position, then that is told and the rest is checked") {
  Server server;
  server.views->stop();
  server.transfers(1);
  CheckPorts ports = server.ports();
  ports.read_model_reaches = std::chrono::milliseconds(1);
  LiveCheck check(std::move(ports));
  REQUIRE(check.start(true).has_value());
  const Json status = ended(check);
  CHECK(not_ok(status) == "read_models ");
  CHECK(says(verdict(status, "read_models"), "it cannot be compared"));
}

TEST_CASE("given a check that runs, then a second one is refused, and the first can be cancelled") {
  Server server;
  std::promise<void> go, reached;
  CheckPorts ports = server.ports();
  ports.open_scratch = [&, open = ports.open_scratch](const std::filesystem::path& path) {
    reached.set_value();
    go.get_future().wait();
    return open(path);
  };
  LiveCheck check(std::move(ports));
  REQUIRE(check.start(true).value() == 1);
  reached.get_future().wait();
  const auto refused = check.start(true);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::already_exists);
  CHECK(refused.error().message.find("check 1 is running") != std::string::npos);
  CHECK(check.status().at("phase") == "replay");
  CHECK(check.status().at("of") == server.data.journal->head().value);
  CHECK(check.cancel());
  go.set_value();
  CHECK(ended(check).at("state") == "cancelled");
  CHECK(check.cancel().error().code == Errc::not_found);
  CHECK_FALSE(std::filesystem::exists(server.scratch()));
}

TEST_CASE("given too little room on the disk, then the check says so before it fills it") {
  Server server;
  CheckPorts ports = server.ports();
  ports.disk_reserve = ~std::uint64_t{0} / 2;
  LiveCheck check(std::move(ports));
  REQUIRE(check.start(true).has_value());
  const Json status = ended(check);
  CHECK(status.at("state") == "failed");
  CHECK(status.at("reason").get<std::string>().find("--no-replay") != std::string::npos);
}

TEST_CASE("given what a check left that a crash ended, when the server starts, then it is removed") {
  Server server;
  std::filesystem::create_directories(server.scratch() / "rest");
  const LiveCheck check(server.ports());
  CHECK_FALSE(std::filesystem::exists(server.scratch()));
  CHECK(check.status().at("state") == "none");
}

TEST_CASE("given a check that runs, when it is stopped for good, then it ends and none begins") {
  Server server;
  LiveCheck check(server.ports());
  REQUIRE(check.start(true).has_value());
  check.stop();
  CHECK(check.status().at("state") != "running");
  CHECK(check.start(true).error().code == Errc::stopped);
}

}  // namespace florin::testing
