#include "engine/journal/watermark.hpp"

#include "engine/base/assert.hpp"

namespace florin {

void Watermark::raise(std::uint64_t value) {
  {
    // Stored under the mutex: a waiter that has just looked must not miss the wake-up.
    const std::lock_guard lock(mutex_);
    FLORIN_ASSERT(value >= value_.load());
    value_.store(value, std::memory_order_release);
  }
  changed_.notify_all();
}

void Watermark::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_.store(true, std::memory_order_release);
  }
  changed_.notify_all();
}

bool Watermark::wait_beyond(std::uint64_t given, Deadline deadline) const {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, deadline, [&] { return value_.load() > given || stopped_.load(); });
  return value_.load() > given;
}

}  // namespace florin
