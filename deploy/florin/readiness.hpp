// Whether calls are worth sending: the journal accepts, and the read models follow close enough. The first
// time that it is so when someone asks has a line of the log, for that is when a start is over.
//
// Any thread.
#pragma once

#include <atomic>
#include <string>

#include "deploy/florin/stopwatch.hpp"
#include "deploy/florin/unit.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {

class Readiness {
 public:
  Readiness(const Stopwatch& since_start, const Units& units) : since_start_(since_start), units_(units) {}

  std::string missing() {  // why the server is not ready, or nothing
    for (const auto& unit : units_)
      if (std::string why = unit->not_ready(); !why.empty()) return why;
    if (!told_.exchange(true)) log::info("ready", {{"after_ms", since_start_.ms()}});
    return {};
  }

 private:
  const Stopwatch& since_start_;
  const Units& units_;
  std::atomic<bool> told_{false};
};

}  // namespace florin
