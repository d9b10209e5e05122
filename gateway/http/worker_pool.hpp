// A few threads for what must not run on the I/O thread, behind a bounded queue.
//
// Owner: the wiring; it must outlive the handlers that post to it. Any thread may post.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace florin::gateway {

class WorkerPool {
 public:
  static constexpr std::size_t queue_max = 1024;

  explicit WorkerPool(std::size_t threads);
  ~WorkerPool();  // finishes the task that runs, drops what waits
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full: the caller answers 503. Tasks must not throw.
  [[nodiscard]] bool post(std::function<void()> task);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace florin::gateway
