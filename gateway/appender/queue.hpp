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
  // Up to what a command is taken on; `taken` is what was taken from the queue and is not answered yet. While
  // the oldest command waits for its answer `age_max` already, a new one would wait as long.
  struct Limits {
    Load taken;
    std::size_t bytes_max = 0;
    std::chrono::milliseconds age_max{};
  };
  Result<void> add(Pending pending, const Limits& limits);  // Errors: overloaded, stopped

  // Blocks until a command waits, and then a moment for the company of the last take(); false when closed.
  bool wait();
  std::deque<Pending> take();  // everything that waits, at once
  void close();                // nothing is added any more, and nobody waits

 private:
  std::mutex mutex_;  // guards all that follows
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  std::size_t bytes_ = 0;
  std::size_t last_taken_ = 0;  // commands
  bool closed_ = false;
};

}  // namespace florin::gateway
