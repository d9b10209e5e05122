// florin serve, florin gateway, florin engine, florin projector
#include <csignal>
#include <cstdlib>
#include <thread>

#include "deploy/florin/application.hpp"
#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/stop_limit.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {
namespace {

// SIGTERM and SIGINT are taken by this thread alone, which waits for them; no other thread is interrupted.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// A take-over of engines or brokers takes seconds, which a call on Kafka has to outlast.
constexpr std::uint64_t deadline_ms_on_kafka = 15'000;

constexpr Roles every_role{.gateway = true, .engine = true, .projector = true};

Result<void> run(const Settings& settings, Roles roles) {
  FLORIN_TRY(check_for_serve(settings));
  log::set_level(settings.log_level);
  const sigset_t signals = block_stop_signals();
  std::signal(SIGPIPE, SIG_IGN);  // a closed connection is an error of the write, not the end of the process
  // State that could not be kept is repaired by replay, so nothing is worth a longer life after a failure.
  FLORIN_TRY_ASSIGN(const auto application,
                    Application::start(settings, roles, [] { std::_Exit(EXIT_FAILURE); }));
  int signal = 0;
  sigwait(&signals, &signal);
  log::info("stopping", {{"signal", signal}});
  // What is not written down by then is replayed at the next start, as after a crash.
  const StopLimit limit(std::chrono::milliseconds(settings.drain_ms) + stop_after_drain_max, [] {
    log::error("stop_overdue", {{"after_drain_s", stop_after_drain_max.count()}});
    std::_Exit(EXIT_FAILURE);
  });
  application->stop();
  log::info("stopped");
  return {};
}

int run_on_kafka(LoadedSettings& loaded, Roles roles) {
  loaded.values.journal = JournalKind::kafka;
  for (const ShownSetting& shown : loaded.shown)
    if (shown.name == "deadline-ms" && shown.source == SettingSource::fallback)
      loaded.values.deadline_ms = deadline_ms_on_kafka;
  return report(run(loaded.values, roles));
}

}  // namespace

std::vector<CliCommand> serve_commands() {
  const auto role = [](std::string_view name, std::string_view help, Roles roles) -> CliCommand {
    return {name, help, all_settings(), {}, [roles](LoadedSettings& loaded) {
              return run_on_kafka(loaded, roles);
            }};
  };
  return {
      {"serve",
       "Runs all of Florin in one process: gateway, engine, read models; on an embedded journal, or Kafka.",
       all_settings(),
       {},
       [](LoadedSettings& loaded) {
         if (loaded.values.journal == JournalKind::kafka) return run_on_kafka(loaded, every_role);
         return report(run(loaded.values, every_role));
       }},
      role("gateway", "Runs a gateway on Kafka: takes commands, and asks projectors what is read.",
           {.gateway = true}),
      role("engine", "Runs an engine on Kafka: decides the journal, or stands by until it must.",
           {.engine = true}),
      role("projector", "Runs a projector on Kafka: keeps the read models, and answers gateways.",
           {.projector = true})};
}

}  // namespace florin
