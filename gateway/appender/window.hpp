// How many bytes of commands may wait for their answers, so that the wait stays near a target whatever the
// machine decides a second: while answers come early the window grows by what is answered, doubling in each
// round, and when one comes late it is halved, once in a target's time
// (additive-increase/multiplicative-decrease as in RFC 5681, with the delay as the signal). One thread
// answers; any thread asks.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

#include "gateway/appender/in_flight.hpp"

namespace florin::gateway {

inline constexpr std::size_t window_bytes_min = 2u << 20;  // the largest command always fits
inline constexpr std::size_t window_bytes_first = 4u << 20;
inline constexpr std::size_t window_bytes_max = 64u << 20;

class Window {
 public:
  explicit Window(std::chrono::milliseconds target) : target_(target) {}

  std::size_t bytes() const { return bytes_; }

  // A record of so many bytes was answered, so long after its first command was submitted.
  void answered(std::size_t bytes, std::chrono::steady_clock::duration age, SteadyTime now) {
    if (age <= target_ / 2) {
      bytes_ = std::min(bytes_ + bytes, window_bytes_max);
    } else if (age > target_ && now - halved_ >= target_) {
      bytes_ = std::max(bytes_ / 2, window_bytes_min);
      halved_ = now;
    }
  }

 private:
  const std::chrono::milliseconds target_;
  std::atomic<std::size_t> bytes_{window_bytes_first};
  SteadyTime halved_{};  // who answers
};

}  // namespace florin::gateway
