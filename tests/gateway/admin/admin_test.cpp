// The admin calls that reach other rooms: what is asked of them, and how their errors are told.
#include "gateway/admin/admin.hpp"

#include "tests/gateway/auth/support.hpp"
#include "tests/gateway/handler_client.hpp"

namespace florin::testing {
namespace {

class NoCommands final : public CommandPort {
 public:
  Result<void> submit(Command, Done) override { return fail(Errc::stopped, "no commands here"); }
};

struct Admin {
  NoCommands commands;
  gateway::testing::ScriptedDirectory directory;
  WorkerPool workers{1};
  std::string asked;
  std::optional<Error> refusal;
  AdminPorts ports{commands,
                   directory,
                   workers,
                   [this] { return answer("digest"); },
                   [this] { return answer("status"); },
                   [this](std::string_view view) { return answer("rebuild " + std::string(view)); },
                   {[this](bool with_replay) { return answer(with_replay ? "check with replay" : "check"); },
                    [this] { return answer("check status"); }, [this] { return answer("check cancel"); }}};
  Router router{admin_endpoints()};

  Admin() { bind_admin(router, ports); }
  Result<std::string> answer(const std::string& question) {
    asked = question;
    if (refusal) return fail(*refusal);
    return "{}";
  }
};

}  // namespace

TEST_CASE("given the table of admin calls, then every one of them is bound") {
  CHECK(Admin().router.unbound().empty());
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
