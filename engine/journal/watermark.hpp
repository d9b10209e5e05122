// A number that only grows, and threads that wait until it passes theirs: a journal's head, an event log's
// next sequence. Any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "engine/journal/journal.hpp"

namespace florin {

class Watermark {
 public:
  explicit Watermark(std::uint64_t value) : value_(value) {}

  std::uint64_t value() const { return value_.load(std::memory_order_acquire); }
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }

  void raise(std::uint64_t value);
  void stop();  // wakes all waiters for good

  // Blocks until value() > given, the deadline or stop(); true when value() > given.
  bool wait_beyond(std::uint64_t given, Deadline deadline) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::atomic<std::uint64_t> value_;
  std::atomic<bool> stopped_{false};
};

}  // namespace florin
