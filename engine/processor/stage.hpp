// A thread that does one job at a time for its owner, in the order given. One owner thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace florin::processor {

class Stage {
 public:
  Stage();
  ~Stage();  // after the job that runs
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void start(std::function<void()> job);  // waits for the one before
  void wait();                            // until the job is done
  bool busy() const;

 private:
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;  // guarded by mutex_, as the next two
  bool busy_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace florin::processor
