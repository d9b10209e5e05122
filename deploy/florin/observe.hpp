// What the rooms tell as they work, as metrics and log lines.
#pragma once

#include <functional>

#include "deploy/florin/space_guard.hpp"
#include "engine/journal/journal.hpp"
#include "engine/processor/runner.hpp"
#include "engine/telemetry/metrics.hpp"
#include "gateway/appender/group.hpp"
#include "gateway/http/server.hpp"
#include "projections/read_models.hpp"

namespace florin {

// A line and two series for each answered request. `metrics` outlives the hook.
std::function<void(const gateway::AccessRecord&)> access_hook(Metrics& metrics);

// What one fsync made durable.
using GroupHook =
    std::function<void(std::size_t records, std::size_t commands, std::size_t bytes, double seconds)>;
GroupHook group_hook(Metrics& metrics);

// Gauges that are asked at each scrape. What they ask outlives the metrics.
struct Watched {
  const Journal& journal;
  const processor::Runner& engine;
  const gateway::GroupAppender& appender;
  const projections::ReadModels& views;
  const SpaceGuard& space;
};
void watch(Metrics& metrics, const Watched& watched);

}  // namespace florin
