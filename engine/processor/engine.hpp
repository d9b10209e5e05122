// What a runner's thread drives: the only engine of a partition (sole_engine.hpp), or one of several
// (replica.hpp).
//
// Owner: one thread; all others but advance() and finish() are for any thread.
#pragma once

#include <chrono>

#include "engine/processor/processor.hpp"

namespace florin::processor {

// How long an idle engine sleeps before it looks whether a pending transfer is due. A tick comes at most this
// often.
inline constexpr std::chrono::milliseconds idle_wait{200};

class Engine {
 public:
  virtual ~Engine() = default;
  // Decides what there is, or waits for it, at most idle_wait; the number of records decided. Errors: those
  // of Processor::step and follow; after one it must not be used again.
  virtual Result<std::size_t> advance() = 0;
  virtual Result<void> finish() = 0;  // everything decided is stored when it returns
  virtual Status status() const = 0;
  virtual bool publishes() const = 0;                   // false of a standby
  virtual std::uint64_t publisher_changes() const = 0;  // how often it began or ceased to publish
  // Whether it is the one that appends a tick when something is due: caught up, and never a standby.
  virtual bool may_tick() const = 0;
};

}  // namespace florin::processor
