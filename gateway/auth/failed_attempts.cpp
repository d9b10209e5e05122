#include "gateway/auth/failed_attempts.hpp"

#include "engine/base/hash.hpp"

namespace florin::gateway {

bool FailedAttempts::note(std::string_view client_id, Timestamp now) {
  const Hash256 key = blake2b(as_bytes(client_id));
  const std::lock_guard lock(mutex_);
  Count* count = counts_.find(key);
  if (count == nullptr) count = &counts_.put(key, {now, 0});
  // A clock that was set back begins a new window too: the difference of unsigned numbers is then huge.
  const bool over = now.value - count->window_start.value >= window_ns;
  if (over) *count = {now, 0};
  if (count->failures >= per_window_max) return false;
  ++count->failures;
  return true;
}

}  // namespace florin::gateway
