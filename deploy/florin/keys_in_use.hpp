// The keys that the running server uses: how new ones come in force, and what metrics tell of them.
#pragma once

#include <filesystem>

#include "deploy/florin/unit.hpp"
#include "engine/clock/clock.hpp"
#include "engine/store/storage_keys.hpp"
#include "engine/telemetry/metrics.hpp"
#include "gateway/admin/admin.hpp"
#include "gateway/auth/idempotency.hpp"
#include "gateway/auth/signing_keys.hpp"

namespace florin {

// Who is told of a new key. They outlive the port.
struct KeyUsers {
  const OpenedKeys& keys;
  const Units& units;
  gateway::TokenKeys& tokens;
  gateway::KeyedIdempotencyHasher& hasher;
  const Clock& clock;
};
gateway::KeyPort key_port(const KeyUsers& users);

// What is asked at each scrape. All of it outlives the metrics.
void watch_keys(Metrics& metrics, const OpenedKeys& keys, const Units& units, const Clock& clock);

}  // namespace florin
