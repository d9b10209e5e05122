// The topic of events in memory, for tests and simulation: what several engines publish, as a broker keeps
// it. Two of them may publish the same record; readers get it once. Nothing of it survives the process.
// Threads and errors as in the ports; once a record does not follow, or a second one has other bytes, every
// call gives that error: the events have forked.
#pragma once

#include <limits>

#include "engine/journal/events.hpp"
#include "engine/journal/publishers.hpp"
#include "engine/journal/staged_events.hpp"
#include "engine/journal/topic_state.hpp"

namespace florin {

class MemoryTopic final : public EventSource, public Publishers {
 public:
  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const override {
    return state_.read(from, bytes_max);
  }
  Sequence next() const override { return state_.next(); }
  bool wait_beyond(Sequence sequence, Deadline deadline) const override {
    return state_.wait_beyond(sequence, deadline);
  }
  void stop() override { state_.stop(); }

  std::uint64_t seen_below(std::uint32_t rank) const override { return state_.seen_below(rank); }
  std::optional<std::uint32_t> newest_rank() const override { return state_.newest_rank(); }

  // A record arrives at the broker.
  Result<void> append(const StagedEvent& event, std::uint32_t rank);

 private:
  TopicState state_{std::numeric_limits<std::size_t>::max()};  // all records in its tail
};

// One engine's way to the topic. What is staged and not published goes with it.
class TopicSink final : public EventSink {
 public:
  TopicSink(MemoryTopic& topic, std::uint32_t rank) : topic_(topic), rank_(rank) {}

  Result<void> stage(EventRecord record, StoreBatch& batch) override;  // adds nothing to `batch`
  void end_group() override { staged_.end_group(); }
  Result<void> publish() override;
  void settled() override {}

 private:
  MemoryTopic& topic_;
  const std::uint32_t rank_;
  StagedEvents staged_;
};

}  // namespace florin
