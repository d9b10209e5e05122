// The stages of a processor's step at the same time: while one group is decided, the next one is read and
// opened and the last one is written. What is small is done in turn on the caller's thread, since a hand-over
// would cost more than it saves; what is decided is the same either way.
//
// At most one group is read ahead and one is being written, so memory holds three groups of step_bytes_max.
//
// Owner: the engine's thread.
#pragma once

#include <memory>
#include <optional>

#include "engine/processor/processor.hpp"
#include "engine/processor/stage.hpp"

namespace florin::processor {

// Sealed bytes from which on a group is worth a hand-over to another thread.
inline constexpr std::size_t overlap_bytes_min = 64u << 10;

// Rows on their way to the store that are looked through before other rows are read; of more than these, all
// are waited for.
inline constexpr std::size_t rows_looked_through_max = 4096;

// Where a commit waits for brokers, every group is worth it.
enum class Overlap : std::uint8_t { large_groups, all_groups };

class Pipeline {
 public:
  // The processor outlives it, and is stepped by nobody else.
  explicit Pipeline(Processor& processor, Overlap overlap = Overlap::large_groups);
  ~Pipeline();  // after what was decided is committed

  // As Processor::step(), but the last group's commit may still be on its way; its error is a later call's.
  // Where all groups overlap, that holds behind the last record too: drain() waits.
  Result<std::size_t> step(std::size_t bytes_max = step_bytes_max);

  // Lets the state follow the events that were committed without it: to be called when no record waits. It
  // may still be on its way then.
  Result<void> settle();
  Result<void> drain();  // everything decided is committed when it returns, but for what settle() brings

 private:
  using Records = std::vector<Incoming>;

  Result<std::size_t> rest();
  bool writes_any(std::vector<Bytes> keys) const;
  Result<Records> next_records(std::size_t bytes_max);
  void read_ahead(Ordinal from, std::size_t bytes_max);
  Result<void> commit(Decided decided, bool overlap);

  Processor& processor_;
  const Overlap overlap_;
  std::optional<Result<Records>> ahead_;       // the reader's while it is busy
  Result<void> written_;                       // the writer's while it is busy; the first failure stays
  std::shared_ptr<const Decided> on_its_way_;  // to the store, or there already
  Stage reader_, writer_;
};

}  // namespace florin::processor
