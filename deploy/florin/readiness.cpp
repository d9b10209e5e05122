#include "deploy/florin/readiness.hpp"

#include "engine/telemetry/log.hpp"

namespace florin {

namespace {
constexpr std::uint64_t ready_lag_max =
    100'000;  // events that a read model may be behind and still be called ready
}

std::string Readiness::missing() {
  std::string why = reason();
  if (why.empty() && !told_.exchange(true)) log::info("ready", {{"after_ms", since_start_.ms()}});
  return why;
}

std::string Readiness::reason() const {
  if (!appender_.healthy()) return "the journal accepts nothing";
  for (const auto& view : views_.status()) {
    if (view.health.state != projections::WorkerState::running)
      return "the read model " + view.name + " is " + std::string(name(view.health.state));
    if (view.health.lag > ready_lag_max)
      return "the read model " + view.name + " is " + std::to_string(view.health.lag) + " events behind";
  }
  return {};
}

}  // namespace florin
