// A bound on stopping: every wait on the way has one of its own, and this one holds should another be missed.
// A program that does not end is killed by whoever told it to, without a word in its log.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace florin {

// For all that is to be done once the calls in flight have ended: threads to join, memtables to write. With
// the calls' own time it stays below the 30 s after which Kubernetes kills.
inline constexpr std::chrono::seconds stop_after_drain_max{15};

class StopLimit {
 public:
  // Calls `passed` once, on a thread of its own, when the object still lives after `time`.
  StopLimit(std::chrono::milliseconds time, std::function<void()> passed)
      : thread_([this, until = std::chrono::steady_clock::now() + time, passed = std::move(passed)] {
          std::unique_lock lock(mutex_);
          if (!changed_.wait_until(lock, until, [this] { return stopped_; })) passed();
        }) {}
  ~StopLimit() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  StopLimit(const StopLimit&) = delete;
  StopLimit& operator=(const StopLimit&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::thread thread_;  // the last member: it uses the others
};

}  // namespace florin
