// The events of a partition as soon as the engine of this process has decided them: first those that are not
// published yet, then the topic's. For who answers commands: once a command is durable its outcome is
// determined, so any engine's event may be told (decision 13 of the design). Read models and standbys follow
// the topic alone.
//
// The engine's thread adds, the topic's follower says what is published, any thread reads. Memory holds what
// is not published: what a pipeline decides ahead of its commits.
#pragma once

#include <limits>
#include <mutex>
#include <optional>

#include "engine/journal/event_tail.hpp"
#include "engine/journal/events.hpp"
#include "engine/journal/topic_state.hpp"

namespace florin {

class DecidedEvents final : public EventSource {
 public:
  // Both are of the same topic, and outlive it.
  DecidedEvents(const EventSource& published, const TopicState& arrived)
      : published_(published), arrived_(arrived) {}

  // The next record that was decided; one that is known already adds nothing.
  void add(const EventBatchPtr& batch, std::size_t sealed_bytes);
  // A record has arrived and can be read from the topic. When it is another one than was decided, the events
  // fork, and every read gives that error.
  void published(const EventBatch& batch);

  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const override;
  Sequence next() const override { return {next_.value()}; }
  bool wait_beyond(Sequence sequence, Deadline deadline) const override {
    return next_.wait_beyond(sequence.value, deadline);
  }
  void stop() override { next_.stop(); }

 private:
  void raise(Sequence next);  // call with the mutex held
  Result<void> alive() const;

  const EventSource& published_;
  const TopicState& arrived_;
  mutable std::mutex mutex_;  // adding and publishing
  // Without a bound of its own: an engine decides one group while the last one is published, and then waits.
  EventTail ahead_{std::numeric_limits<std::size_t>::max()};
  std::optional<Error> forked_{};  // guarded by mutex_
  Watermark next_{1};
};

}  // namespace florin
