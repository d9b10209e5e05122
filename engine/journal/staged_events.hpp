// Event records between being staged and being published, in the groups that are committed together. One
// thread adds and ends groups, another takes them.
#pragma once

#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/base/assert.hpp"
#include "schemas/events.hpp"

namespace florin {

struct StagedEvent {
  EventBatchPtr batch;
  std::size_t sealed_bytes = 0;
  Bytes sealed{};  // where they go to a broker
};

class StagedEvents {
 public:
  void add(StagedEvent event) { open_.push_back(std::move(event)); }
  void end_group() {
    const std::lock_guard lock(mutex_);
    groups_.push_back(std::exchange(open_, {}));
  }
  // The group that ended first; there must be one.
  std::vector<StagedEvent> take() {
    const std::lock_guard lock(mutex_);
    FLORIN_ASSERT(!groups_.empty());
    std::vector<StagedEvent> group = std::move(groups_.front());
    groups_.pop_front();
    return group;
  }

 private:
  std::vector<StagedEvent> open_;  // the staging thread's
  std::mutex mutex_;
  std::deque<std::vector<StagedEvent>> groups_;  // guarded by mutex_; bounded by who commits
};

}  // namespace florin
