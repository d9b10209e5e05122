// One of several engines on the journal of a partition. Each computes the same; one publishes, the others
// follow what it publishes, and the next in rank takes over when that stands still. There is no election: two
// publishers for a moment write the same bytes, which readers drop.
//
// An engine starts as a standby. It takes over when the journal has a record beyond the published tail, and
// the tail has stood still for (rank + 1) * take_over_step; it yields when it sees a lower rank publish. One
// that has followed a higher rank for reclaim_after publishes again, so that engines share partitions as
// their ranks say, and not as they were started.
//
// Owner: one thread; role(), status(), caught_up() and may_tick() are for any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

#include "engine/journal/publishers.hpp"
#include "engine/processor/engine.hpp"
#include "engine/processor/pipeline.hpp"

namespace florin::processor {

using SteadyTime = std::chrono::steady_clock::time_point;

inline constexpr std::chrono::milliseconds take_over_step_default{250};

struct ReplicaOptions {
  std::uint32_t rank = 0;  // 0 publishes where it can; configuration, recorded by open_appender
  std::chrono::milliseconds take_over_step = take_over_step_default;
  std::optional<std::chrono::milliseconds> reclaim_after{};  // none: never
  Overlap overlap = Overlap::large_groups;
};

class Replica final : public Engine {
 public:
  enum class Role : std::uint8_t { standby, publisher };

  // The references outlive it.
  Replica(std::unique_ptr<Processor> processor, const Journal& journal, const EventSource& published,
          const Publishers& publishers, ReplicaOptions options)
      : processor_(std::move(processor)),
        pipeline_(*processor_, options.overlap),
        journal_(journal),
        published_(published),
        publishers_(publishers),
        options_(options) {}

  // Follows what is published, or publishes what the journal holds beyond it; the number of records decided,
  // 0 when there is nothing to do for now. Errors: those of Processor::step and follow; after one it must not
  // be used again.
  Result<std::size_t> step(SteadyTime now);

  // Blocks until step() has something to decide, or the deadline. A standby looks again at least once in a
  // take_over_step.
  void wait(Deadline deadline) const;

  Result<std::size_t> advance() override;
  Result<void> finish() override;

  Role role() const { return role_; }
  Status status() const override { return processor_->status(); }
  bool publishes() const override { return role_ == Role::publisher; }
  std::uint64_t publisher_changes() const override { return changes_; }
  bool may_tick() const override { return publishes() && caught_up(); }
  bool caught_up() const { return processor_->status().next_ordinal == journal_.head(); }

 private:
  bool should_yield() const { return publishers_.seen_below(options_.rank) > seen_below_; }
  bool should_take_over(SteadyTime now);
  bool should_reclaim(SteadyTime now);
  void publish_from_now_on();
  Result<void> yield();

  const std::unique_ptr<Processor> processor_;
  Pipeline pipeline_;  // of the publisher; a standby compares in turn
  const Journal& journal_;
  const EventSource& published_;
  const Publishers& publishers_;
  const ReplicaOptions options_;

  std::atomic<Role> role_{Role::standby};
  std::atomic<std::uint64_t> changes_{0};
  std::uint64_t seen_below_ = 0;             // when it began to publish
  std::optional<SteadyTime> lagging_since_;  // the tail stands still there, before the journal's head
  Sequence lagging_at_;
  std::optional<SteadyTime> behind_higher_since_;  // it has followed a higher rank without a lag
};

}  // namespace florin::processor
