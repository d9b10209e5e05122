// The commands that wait to be appended, and the bounds on them. Any thread adds; one thread takes.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "gateway/appender/in_flight.hpp"

namespace florin::gateway {

inline constexpr std::size_t queue_commands_max = 65'536;  // submitted and not answered

struct Pending {
  Bytes encoded;
  Waiter waiter;
};

class CommandQueue {
 public:
  explicit CommandQueue(std::chrono::microseconds gather_max) : gather_max_(gather_max) {}

  // Up to what a command is taken on; `taken` is what was taken from the queue and is not answered yet. While
  // the oldest command waits for its answer `age_max` already, a new one would wait as long.
  struct Limits {
    Load taken;
    std::size_t bytes_max = 0;
    std::chrono::milliseconds age_max{};
  };
  Result<void> add(Pending pending, const Limits& limits);  // Errors: overloaded, stopped

  // Blocks until a command waits, and then at most gather_max until as many wait as were taken or in flight
  // at the last take(); false when closed.
  bool wait();
  std::deque<Pending> take(std::size_t in_flight);  // everything that waits, at once
  void close();                                     // nothing is added any more, and nobody waits

 private:
  const std::chrono::microseconds gather_max_;
  std::mutex mutex_;  // guards all that follows
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  std::size_t bytes_ = 0;
  std::size_t company_ = 0;  // commands that were open at the last take()
  std::size_t wake_at_ = 0;  // as many as wait when wait() has something to do; 0 when nobody waits for that
  bool closed_ = false;
};

}  // namespace florin::gateway
