// The engine's thread: follows the journal with a Processor until it is stopped or fails.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "engine/processor/pipeline.hpp"

namespace florin::processor {

// How long an idle engine sleeps before it looks whether a pending transfer is due. A tick comes at most this
// often.
inline constexpr std::chrono::milliseconds idle_wait{200};

class Runner {
 public:
  struct Hooks {
    std::function<void()> tick;                // something is due and the log is idle: append a tick
    std::function<Timestamp()> now;            // the clock that the journal stamps with
    std::function<void(const Error&)> failed;  // called once, from the engine's thread: the process must stop
    std::function<void(std::size_t)> committed;  // records of a commit, for metrics
  };

  Runner(std::unique_ptr<Processor> processor, Journal& journal, Hooks hooks);
  ~Runner();  // stops

  void start();
  void stop();  // ends the current step and joins; the journal's waiters must be woken by Journal::stop()
  Status status() const { return processor_->status(); }

 private:
  void run();
  Result<std::size_t> advance(Pipeline& pipeline);
  void tick_if_due();

  std::unique_ptr<Processor> processor_;
  Journal& journal_;
  Hooks hooks_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace florin::processor
