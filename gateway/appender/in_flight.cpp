#include "gateway/appender/in_flight.hpp"

#include <utility>

#include "engine/base/assert.hpp"

namespace florin::gateway {
namespace {

// Adds to each command's outcome the run of events in this batch that is its own.
void collect(const EventBatchPtr& batch, std::vector<Outcome>& outcomes) {
  const auto& events = batch->events;
  for (std::size_t begin = 0; begin < events.size();) {
    std::size_t end = begin + 1;
    while (end < events.size() && events[end].command == events[begin].command) ++end;
    const std::uint32_t command = events[begin].command;
    if (command != no_command) {
      FLORIN_ASSERT(command < outcomes.size());
      outcomes[command].add({batch, begin, end});
    }
    begin = end;
  }
}

}  // namespace

void InFlight::add(const Hash256& record, std::vector<Waiter> waiters) {
  std::lock_guard lock(mutex_);
  commands_ += waiters.size();
  const std::size_t count = waiters.size();
  const bool fresh = records_.emplace(record, Record{std::move(waiters), std::vector<Outcome>(count)}).second;
  FLORIN_ASSERT(fresh);  // a nonce is never used twice, so no two records are equal
}

void InFlight::fail(const Hash256& record, const Error& error) {
  std::vector<Waiter> waiters;
  {
    std::lock_guard lock(mutex_);
    auto it = records_.find(record);
    if (it == records_.end()) return;
    waiters = std::move(it->second.waiters);
    commands_ -= waiters.size();
    records_.erase(it);
  }
  finish(waiters, error);
}

std::vector<InFlight::Answered> InFlight::answer(const EventBatchPtr& batch) {
  std::lock_guard lock(mutex_);
  auto it = records_.find(batch->header.command_record);
  if (it == records_.end()) return {};
  Record& record = it->second;
  collect(batch, record.outcomes);
  if (!batch->header.last) return {};
  std::vector<Answered> answered;
  for (std::size_t i = 0; i < record.waiters.size(); ++i)
    if (record.waiters[i].done)
      answered.push_back({std::move(record.waiters[i]), std::move(record.outcomes[i])});
  commands_ -= record.waiters.size();
  records_.erase(it);
  return answered;
}

void InFlight::expire(SteadyTime now) {
  std::vector<Waiter> late;
  {
    std::lock_guard lock(mutex_);
    for (auto it = records_.begin(); it != records_.end();) {
      bool waiting = false;
      for (Waiter& waiter : it->second.waiters) {
        if (waiter.done && waiter.deadline <= now)
          late.push_back({std::exchange(waiter.done, nullptr), waiter.deadline});
        waiting = waiting || waiter.done;
      }
      if (!waiting) commands_ -= it->second.waiters.size();
      it = waiting ? std::next(it) : records_.erase(it);
    }
  }
  finish(late, {Errc::deadline, "the outcome is not known yet; ask again with the same id"});
}

void InFlight::fail_all(const Error& error) {
  std::vector<Waiter> waiters;
  {
    std::lock_guard lock(mutex_);
    for (auto& [hash, record] : records_)
      for (Waiter& waiter : record.waiters) waiters.push_back(std::move(waiter));
    records_.clear();
    commands_ = 0;
  }
  finish(waiters, error);
}

std::size_t InFlight::commands() const {
  std::lock_guard lock(mutex_);
  return commands_;
}

void InFlight::finish(const std::vector<Waiter>& waiters, const Error& error) {
  for (const Waiter& waiter : waiters)
    if (waiter.done) waiter.done(florin::fail(error));
}

}  // namespace florin::gateway
