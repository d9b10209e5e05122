// florin check: begins a check on the running server, tells how far it is, and says what it found.
#include <poll.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/florin/admin_client.hpp"
#include "deploy/florin/book_report.hpp"
#include "deploy/florin/commands/commands.hpp"

namespace florin {
namespace {

using nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr milliseconds poll_first{20}, poll_max{500};
constexpr std::chrono::seconds progress_interval{1};

struct CheckOptions {
  bool no_replay = false, json = false, cancel = false;
};

volatile std::sig_atomic_t interrupted = 0;

Result<ordered_json> call(const Settings& settings, std::string_view method, std::string_view target,
                          std::string body = {}) {
  FLORIN_TRY_ASSIGN(const auto answer, admin_call(settings.admin_socket, method, target, std::move(body)));
  return ordered_json::parse(answer);
}

void show_progress(const ordered_json& status) {
  const auto done = status.value("done", std::uint64_t{0}), of = status.value("of", std::uint64_t{0});
  std::string line = "check " + std::to_string(status.value("check", std::uint64_t{0})) + ": " +
                     status.value("phase", "") + ", " + std::to_string(done);
  if (of != 0) line += " of " + std::to_string(of) + " records";
  std::fprintf(stderr, "%s\n", line.c_str());
}

// Asks until the check has ended. Ctrl-C ends it on the server as well.
Result<ordered_json> wait_for(const Settings& settings, std::uint64_t check) {
  auto next_line = std::chrono::steady_clock::now() + progress_interval;
  bool cancelled = false;
  for (milliseconds pause = poll_first;; pause = std::min(2 * pause, poll_max)) {
    FLORIN_TRY_ASSIGN(auto status, call(settings, "GET", "/admin/check"));
    if (status.value("check", std::uint64_t{0}) != check)
      return fail(Errc::stopped, "another check has begun; what came of this one is not known");
    if (status.value("state", "") != "running") return status;
    if (interrupted != 0 && !cancelled) {
      FLORIN_TRY(call(settings, "POST", "/admin/check/cancel"));
      cancelled = true;
    }
    if (const auto now = std::chrono::steady_clock::now(); now >= next_line) {
      show_progress(status);
      next_line = now + progress_interval;
    }
    ::poll(nullptr, 0, static_cast<int>(pause.count()));  // a signal ends the pause
  }
}

std::string text_of(const ordered_json& status) {
  if (!status.contains("partitions")) return report_text(status);
  std::string text;
  for (const ordered_json& partition : status.at("partitions"))
    text += "partition " + partition.at("partition").dump() + ", " + report_text(partition);
  return text;
}

Result<int> check(const Settings& settings, const CheckOptions& options) {
  std::signal(SIGINT, [](int) { interrupted = 1; });
  const ordered_json body{{"replay", options.no_replay ? 0 : 1}};
  FLORIN_TRY_ASSIGN(const auto begun, call(settings, "POST", "/admin/check", body.dump()));
  FLORIN_TRY_ASSIGN(const auto status, wait_for(settings, begun.at("check").get<std::uint64_t>()));
  if (options.json) std::printf("%s\n", status.dump().c_str());
  if (status.at("state") == "cancelled") return fail(Errc::stopped, "the check was cancelled");
  if (status.at("state") != "done")
    return fail(Errc::stopped, "the check could not be done: " + status.value("reason", ""));
  if (!options.json) std::fputs(text_of(status).c_str(), stdout);
  return status.at("ok").get<bool>() ? 0 : 1;
}

int run(const Settings& settings, const CheckOptions& options) {
  if (options.cancel) return report(admin_call(settings.admin_socket, "POST", "/admin/check/cancel"));
  const auto outcome = check(settings, options);
  return outcome ? *outcome : report(Result<void>(fail(outcome.error())));
}

}  // namespace

std::vector<CliCommand> check_commands() {
  auto options = std::make_shared<CheckOptions>();
  return {
      {"check",
       "Checks the whole book of the running server, while it serves; exit code 1 when something is broken.",
       {"data", "admin-socket"},
       [options](CLI::App& app) {
         app.add_flag("--no-replay", options->no_replay,
                      "Without the replay of the journal, which takes longest.");
         app.add_flag("--json", options->json, "The report as JSON.");
         app.add_flag("--cancel", options->cancel, "End the check that runs.");
       },
       [options](const LoadedSettings& loaded) { return run(loaded.values, *options); }}};
}

}  // namespace florin
