// The engine's thread: drives an engine until it is stopped or fails.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "engine/processor/engine.hpp"

namespace florin::processor {

class Runner {
 public:
  struct Hooks {
    std::function<void()> tick;                // something is due and the log is idle: append a tick
    std::function<Timestamp()> now;            // the clock that the journal stamps with
    std::function<void(const Error&)> failed;  // called once, from the engine's thread: the process must stop
    std::function<void(std::size_t)> committed;  // records of a commit, for metrics
  };

  Runner(std::unique_ptr<Engine> engine, Hooks hooks)
      : engine_(std::move(engine)), hooks_(std::move(hooks)) {}
  ~Runner() { stop(); }

  void start();
  void stop();  // ends the current step and joins; who waits for journal and events must be woken by them
  const Engine& engine() const { return *engine_; }
  Status status() const { return engine_->status(); }

 private:
  void run();
  void tick_if_due();

  const std::unique_ptr<Engine> engine_;
  const Hooks hooks_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace florin::processor
