// A clock that moves when a test says so. Any thread.
#pragma once

#include <atomic>

#include "engine/clock/clock.hpp"

namespace florin {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_ns_(start.value) {}
  Timestamp now() const override { return {now_ns_.load()}; }
  void set(Timestamp time) { now_ns_.store(time.value); }
  void advance_ns(std::uint64_t ns) { now_ns_.fetch_add(ns); }

 private:
  std::atomic<std::uint64_t> now_ns_;
};

}  // namespace florin
