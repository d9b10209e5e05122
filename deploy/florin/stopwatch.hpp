// How long something takes, for the log.
#pragma once

#include <chrono>
#include <cstdint>

namespace florin {

class Stopwatch {
 public:
  std::int64_t ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Clock::time_point started_ = Clock::now();
};

}  // namespace florin
