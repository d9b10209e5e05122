// The stages of a processor's step at the same time: while one group is decided, the next one is read and
// opened and the last one is written. What is small is done in turn on the caller's thread, since a hand-over
// would cost more than it saves; what is decided is the same either way.
//
// At most one group is read ahead and one is being written, so memory holds three groups of step_bytes_max.
//
// Owner: the engine's thread.
#pragma once

#include <optional>

#include "engine/processor/processor.hpp"
#include "engine/processor/stage.hpp"

namespace florin::processor {

// Sealed bytes from which on a group is worth a hand-over to another thread.
inline constexpr std::size_t overlap_bytes_min = 64u << 10;

class Pipeline {
 public:
  explicit Pipeline(Processor& processor);  // which outlives it, and is stepped by nobody else
  ~Pipeline();                              // after what was decided is committed

  // As Processor::step(), but the last group's commit may still be on its way; its error is a later call's.
  Result<std::size_t> step(std::size_t bytes_max = step_bytes_max);

  // Lets the state follow the events that were committed without it: to be called when no record waits. It
  // may still be on its way then.
  Result<void> settle();
  Result<void> drain();  // everything decided is committed when it returns, but for what settle() brings

 private:
  using Records = std::vector<Incoming>;

  Result<Records> next_records(std::size_t bytes_max);
  void read_ahead(Ordinal from, std::size_t bytes_max);
  Result<void> commit(Decided decided, bool overlap);

  Processor& processor_;
  std::optional<Result<Records>> ahead_;  // the reader's while it is busy
  Result<void> written_;                  // the writer's while it is busy; the first failure stays
  Stage reader_, writer_;
};

}  // namespace florin::processor
