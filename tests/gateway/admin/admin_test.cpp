// The admin calls that reach other rooms: what is asked of them, and how their errors are told.
#include "gateway/admin/admin.hpp"

#include "tests/gateway/handler_client.hpp"
#include "tests/gateway/queries/models.hpp"

namespace florin::testing {
namespace {

constexpr std::uint64_t decided = 7;  // the sequence of every command's event

// Answers every command at once, with one event.
class ScriptedCommands final : public CommandPort {
 public:
  EventBody event = ClientCreated{};
  std::vector<Command> taken;

  Result<void> submit(Command command, Done done) override {
    taken.push_back(std::move(command));
    auto batch = std::make_shared<EventBatch>();
    batch->header.first = {decided};
    batch->header.count = 1;
    batch->events.push_back({{}, {}, 0, event});
    Outcome outcome;
    outcome.add({std::move(batch), 0, 1});
    done(std::move(outcome));
    return {};
  }
};

struct Admin {
  ScriptedCommands commands;
  FakeDirectory directory;
  WorkerPool workers{1};
  std::string asked;
  std::optional<Error> refusal;
  std::pair<KeyPurpose, KeyId> used{};
  GatewayPartitions partitions{{commands, directory}};
  BookPlaces places{directory};
  KeyPort keys{[this](KeyPurpose) -> Result<KeyId> {
                 if (refusal) return fail(*refusal);
                 return KeyId{9};
               },
               [this](KeyPurpose purpose, KeyId key) -> Result<void> {
                 used = {purpose, key};
                 return {};
               },
               [this] { return answer("wrap"); }};
  AdminPorts ports{
      workers,
      AccessPorts{partitions, places, keys, 2},
      [this] { return answer("digest"); },
      [this] { return answer("status"); },
      [this](std::string_view view) { return answer("rebuild " + std::string(view)); },
      CheckPort{[this](bool with_replay) { return answer(with_replay ? "check with replay" : "check"); },
                [this] { return answer("check status"); }, [this] { return answer("check cancel"); }},
      [this](std::string_view folder) { return answer("snapshot " + std::string(folder)); }};
  Router router{admin_endpoints()};

  Admin() { bind_admin(router, ports); }
  Result<std::string> answer(const std::string& question) {
    asked = question;
    if (refusal) return fail(*refusal);
    return "{}";
  }
};

const Call create_client{"POST", "/admin/clients",
                         R"({"book":1,"name":"robot","scope":"ledger:read","ledgers":[],"secret_hash":")" +
                             std::string(64, 'a') + R"("})"};
const Call revoke_client{"POST", "/admin/clients/revoke", R"({"client_id":"1-00000000000000aa"})"};
const Call create_book{"POST", "/admin/books", R"({"name":"new","id":3})"};

}  // namespace

TEST_CASE("given the table of admin calls, then every one of them is bound") {
  CHECK(Admin().router.unbound().empty());
}

TEST_CASE("given an event that the directory does not have yet, then the call is answered when it has it") {
  for (const Call& call : {create_client, revoke_client, create_book}) {
    CAPTURE(call.target);
    Admin admin;
    admin.directory.reach(decided - 1);
    const auto reply = begin(admin.router, call);
    REQUIRE(admin.commands.taken.size() == 1);
    CHECK_FALSE(reply->answered_within(std::chrono::milliseconds(20)));
    admin.directory.reach(decided);
    CHECK(reply->wait().status == 200);
  }
}

TEST_CASE("given a directory that is as far as the event, then the answer says what was done, at once") {
  Admin admin;
  admin.directory.reach(decided);
  CHECK(has(ask(admin.router, create_client), R"({"client_id":"1-)"));
  CHECK(ask(admin.router, revoke_client).body == R"({"revoked":"1-00000000000000aa"})");
  CHECK(ask(admin.router, create_book).body == R"({"book":3})");
  CHECK(admin.directory.waiting() == 0);
}

TEST_CASE("given a snapshot, then the folder is passed on, and one that is there already is a conflict") {
  const Call snapshot{"POST", "/admin/engine/snapshot", R"({"folder":"/srv/copy"})"};
  Admin admin;
  CHECK(ask(admin.router, snapshot).body == "{}");
  CHECK(admin.asked == "snapshot /srv/copy");
  CHECK(ask(admin.router, {"POST", "/admin/engine/snapshot", "{}"}).status == 422);
  admin.refusal = Error{Errc::already_exists, "/srv/copy is there already"};
  const Response refused = ask(admin.router, snapshot);
  CHECK(refused.status == 409);
  CHECK(has(refused, "/srv/copy is there already"));
}

TEST_CASE("given a rotation of keys, then the new one is activated before it is used") {
  const Call rotate{"POST", "/admin/keys/rotate", R"({"purpose":"data"})"};
  Admin admin;
  admin.directory.reach(decided);
  CHECK(ask(admin.router, rotate).body == R"({"purpose":"data","id":9})");
  REQUIRE(admin.commands.taken.size() == 1);
  CHECK(admin.commands.taken[0].header == CommandHeader{});
  CHECK(std::get<ActivateKey>(admin.commands.taken[0].body).key == KeyId{9});
  CHECK(admin.used == std::pair{KeyPurpose::data, KeyId{9}});
  admin.used = {};
  admin.commands.event = CommandRefused{Rejection::not_after_passed, 0};
  CHECK(ask(admin.router, rotate).status >= 400);
  CHECK(admin.used.second == KeyId{});
  admin.refusal = Error{Errc::disk_full, "no space for the keyring"};
  CHECK(has(ask(admin.router, rotate), "no space for the keyring"));
  CHECK(admin.commands.taken.size() == 2);
}

TEST_CASE("given a rotation of a key that the journal does not know, then it is used at once") {
  Admin admin;
  CHECK(ask(admin.router, {"POST", "/admin/keys/rotate", R"({"purpose":"storage"})"}).body ==
        R"({"purpose":"storage","id":9})");
  CHECK(admin.commands.taken.empty());
  CHECK(admin.used == std::pair{KeyPurpose::storage, KeyId{9}});
  CHECK(ask(admin.router, {"POST", "/admin/keys/rotate", R"({"purpose":"kek"})"}).status == 422);
  CHECK(ask(admin.router, {"POST", "/admin/keys/rotate", "{}"}).status == 422);
  ask(admin.router, {"POST", "/admin/keys/wrap"});
  CHECK(admin.asked == "wrap");
}

TEST_CASE("given a ruleset that the program knows, then a record activates it; another one is refused") {
  Admin admin;
  admin.directory.reach(decided);
  CHECK(ask(admin.router, {"POST", "/admin/engine/ruleset", R"({"ruleset":2})"}).body == R"({"ruleset":2})");
  REQUIRE(admin.commands.taken.size() == 1);
  CHECK(std::get<ActivateRuleset>(admin.commands.taken[0].body).ruleset == 2);
  for (const auto body : {R"({"ruleset":3})", R"({"ruleset":0})", "{}"}) {
    const Response refused = ask(admin.router, {"POST", "/admin/engine/ruleset", body});
    CHECK(refused.status == 422);
    CHECK(has(refused, "rulesets 1 to 2"));
  }
  CHECK(admin.commands.taken.size() == 1);
}

TEST_CASE("given a directory that stays behind, then the deadline tells what was done, and none waits on") {
  Admin admin;
  const auto told_at_deadline = [&](const Call& call) {
    const auto reply = begin(admin.router, call);
    CHECK(admin.directory.waiting() == 1);
    const auto answer = reply->expire();
    CHECK(admin.directory.waiting() == 0);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 503);
    CHECK(has(*answer, "position_not_reached"));
    return answer->body;
  };
  const std::string created = told_at_deadline(create_client);
  CHECK(created.find("was created, but the read model directory is behind") != std::string::npos);
  CHECK(created.find("revoke it, and create another") != std::string::npos);
  CHECK(told_at_deadline(revoke_client).find("Client 1-00000000000000aa was revoked, but") !=
        std::string::npos);
  CHECK(told_at_deadline(create_book).find("Book 3 was opened, but") != std::string::npos);
}

TEST_CASE("given a command that is refused, then that is told at once") {
  Admin admin;
  admin.commands.event = CommandRefused{Rejection::client_not_found, 0};
  CHECK(ask(admin.router, revoke_client).status == 404);
  CHECK(admin.directory.waiting() == 0);
}

TEST_CASE("given a check, then it is begun with or without a replay, asked after and cancelled") {
  Admin admin;
  CHECK(ask(admin.router, {"POST", "/admin/check", R"({"replay":1})"}).status == 200);
  CHECK(admin.asked == "check with replay");
  CHECK(ask(admin.router, {"POST", "/admin/check", "{}"}).status == 200);
  CHECK(admin.asked == "check");
  CHECK(ask(admin.router, {"GET", "/admin/check"}).status == 200);
  CHECK(admin.asked == "check status");
  CHECK(ask(admin.router, {"POST", "/admin/check/cancel"}).status == 200);
  CHECK(admin.asked == "check cancel");
}

TEST_CASE("given a body that says something else, then a check is not begun") {
  Admin admin;
  CHECK(ask(admin.router, {"POST", "/admin/check", R"({"replay":2})"}).status == 422);
  CHECK(ask(admin.router, {"POST", "/admin/check", R"({"repaly":1})"}).status == 422);
  CHECK(admin.asked.empty());
}

TEST_CASE("given what is there already or is not, then the operator is told which, and no more of the rest") {
  Admin admin;
  admin.refusal = Error{Errc::already_exists, "check 1 is running"};
  const auto running = ask(admin.router, {"POST", "/admin/check", "{}"});
  CHECK(running.status == 409);
  CHECK(has(running, "check 1 is running"));
  admin.refusal = Error{Errc::not_found, "no read model has this name"};
  const auto unknown = ask(admin.router, {"POST", "/admin/projections/sums/rebuild"});
  CHECK(unknown.status == 404);
  CHECK(has(unknown, "no read model has this name"));
  admin.refusal = Error{Errc::corrupt, "a row is damaged"};
  CHECK(ask(admin.router, {"GET", "/admin/digest"}).status == 500);
}

}  // namespace florin::testing
