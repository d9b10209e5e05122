// Published events in memory: sink and source in one, for tests and simulation. Nothing of it survives the
// process. Threads and errors as in the ports.
#pragma once

#include <limits>

#include "engine/journal/event_chain.hpp"
#include "engine/journal/event_tail.hpp"
#include "engine/journal/events.hpp"
#include "engine/journal/staged_events.hpp"
#include "engine/journal/watermark.hpp"

namespace florin {

class MemoryEventLog final : public EventSink, public EventSource {
 public:
  Result<void> stage(EventRecord record, StoreBatch& batch) override;  // adds nothing to `batch`
  void end_group() override { staged_.end_group(); }
  Result<void> publish() override { return {}; }
  void settled() override;

  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const override;
  Sequence next() const override { return {next_.value()}; }
  bool wait_beyond(Sequence sequence, Deadline deadline) const override {
    return next_.wait_beyond(sequence.value, deadline);
  }
  void stop() override { next_.stop(); }

 private:
  EventChain chain_;  // the engine's thread only
  StagedEvents staged_;

  EventTail records_{std::numeric_limits<std::size_t>::max()};  // all of them
  Watermark next_{1};
};

}  // namespace florin
