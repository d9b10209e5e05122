// What the rooms tell as they work, as metrics and log lines.
#pragma once

#include <functional>

#include "deploy/florin/unit.hpp"
#include "gateway/http/server.hpp"

namespace florin {

// A line and two series for each answered request. `metrics` outlives the hook.
std::function<void(const gateway::AccessRecord&)> access_hook(Metrics& metrics);

// What one fsync made durable.
using GroupHook =
    std::function<void(std::size_t records, std::size_t commands, std::size_t bytes, double seconds)>;
GroupHook group_hook(Metrics& metrics);

// Gauges that are asked at each scrape. What they ask outlives the metrics.
void watch(Metrics& metrics, const Unit& unit);
void watch(Metrics& metrics, const SpaceGuard& space);
void watch_kafka(Metrics& metrics);

}  // namespace florin
