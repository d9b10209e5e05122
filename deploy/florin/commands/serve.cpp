// florin serve
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

Result<void> serve(const Settings& settings) {
  FLORIN_TRY(check_for_serve(settings));
  log::set_level(settings.log_level);
  const sigset_t signals = block_stop_signals();
  std::signal(SIGPIPE, SIG_IGN);  // a closed connection is an error of the write, not the end of the process
  // State that could not be kept is repaired by replay, so nothing is worth a longer life after a failure.
  FLORIN_TRY_ASSIGN(const auto application, Application::start(settings, [] { std::_Exit(EXIT_FAILURE); }));
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

}  // namespace

std::vector<CliCommand> serve_commands() {
  return {{"serve",
           "Runs all of Florin in one process: gateway, engine, read models, on an embedded journal.",
           all_settings(),
           {},
           [](const LoadedSettings& loaded) { return report(serve(loaded.values)); }}};
}

}  // namespace florin
