// The position that readers of one read model are promised, and those who wait for a later one. The position
// never goes back. The number of waits is bounded by the callers: one for each request in flight.
//
// Any thread. A callback runs without a lock held, in the thread that calls when() or advance(); it must be
// short.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "projections/query.hpp"

namespace florin::projections {

class Waiters {
 public:
  using Token = Progress::Token;

  Sequence position() const { return {position_.load()}; }
  // See Progress. Whoever calls cancel() must not hold a lock that the callback takes: a running one is
  // waited for, except by itself.
  Token when(Sequence wanted, std::function<void()> reached);
  void cancel(Token token);
  bool empty() const;  // whether nobody waits
  // The rows of all events up to `position` can be read; a lower one than before changes nothing.
  void advance(Sequence position);

 private:
  using Waits = std::map<std::pair<Sequence, Token>, std::function<void()>>;

  std::atomic<std::uint64_t> position_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable ended_;             // a callback has returned
  Waits waits_;                               // by the sequence that is waited for
  std::map<Token, Sequence> wanted_;          // the other half of the key of each wait
  std::map<Token, std::thread::id> running_;  // callbacks that are being called
  Token next_token_ = 1;
};

}  // namespace florin::projections
