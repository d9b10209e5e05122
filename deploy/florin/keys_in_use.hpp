// The keys that the running server uses: how new ones come in force, and what metrics tell of them.
#pragma once

#include <filesystem>

#include "engine/clock/clock.hpp"
#include "engine/keyring/file_keyring.hpp"
#include "engine/store/storage_keys.hpp"
#include "engine/telemetry/metrics.hpp"
#include "gateway/admin/admin.hpp"
#include "gateway/appender/group.hpp"
#include "gateway/auth/idempotency.hpp"
#include "gateway/auth/signing_keys.hpp"

namespace florin {

// Who is told of a new key. They outlive the port.
struct KeyUsers {
  FileKeyring& keyring;
  StorageKeys& storage;
  gateway::GroupAppender& appender;
  gateway::TokenKeys& tokens;
  gateway::KeyedIdempotencyHasher& hasher;
  const Clock& clock;
};
gateway::KeyPort key_port(const KeyUsers& users);

// What is asked at each scrape; it outlives the metrics.
struct WatchedKeys {
  const FileKeyring& keyring;
  const StorageKeys& storage;
  const Clock& clock;
  std::filesystem::path data;
};
void watch_keys(Metrics& metrics, const WatchedKeys& watched);

}  // namespace florin
