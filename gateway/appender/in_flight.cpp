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

void InFlight::add(const Hash256& record, Ordinal epoch, std::size_t bytes, std::vector<Waiter> waiters) {
  std::lock_guard lock(mutex_);
  commands_ += waiters.size();
  bytes_ += bytes;
  submitted_.emplace(next_number_, waiters.front().submitted);
  const std::size_t count = waiters.size();
  const bool fresh = records_
                         .emplace(record, Record{std::move(waiters), std::vector<Outcome>(count), epoch,
                                                 bytes, next_number_++})
                         .second;
  FLORIN_ASSERT(fresh);  // a nonce is never used twice, so no two records are equal
}

void InFlight::fail(const Hash256& record, const Error& error) {
  std::vector<Waiter> waiters;
  {
    std::lock_guard lock(mutex_);
    auto it = records_.find(record);
    if (it == records_.end()) return;
    waiters = std::move(it->second.waiters);
    remove(it);
  }
  finish(waiters, error);
}

InFlight::Answers InFlight::answer(const EventBatchPtr& batch) {
  std::lock_guard lock(mutex_);
  auto it = records_.find(batch->header.command_record);
  if (it == records_.end()) return {};
  Record& record = it->second;
  collect(batch, record.outcomes);
  if (!batch->header.last) return {};
  Answers answers{.commands = {},
                  .bytes = record.bytes,
                  .submitted = record.waiters.front().submitted,
                  .epoch = record.epoch};
  for (std::size_t i = 0; i < record.waiters.size(); ++i)
    if (record.waiters[i].done)
      answers.commands.push_back({std::move(record.waiters[i]), std::move(record.outcomes[i])});
  remove(it);
  return answers;
}

std::map<Hash256, InFlight::Record>::iterator InFlight::remove(std::map<Hash256, Record>::iterator it) {
  commands_ -= it->second.outcomes.size();
  bytes_ -= it->second.bytes;
  submitted_.erase(it->second.number);
  return records_.erase(it);
}

void InFlight::expire(SteadyTime now) {
  std::vector<Waiter> late;
  {
    std::lock_guard lock(mutex_);
    for (auto it = records_.begin(); it != records_.end();) {
      bool waiting = false;
      for (Waiter& waiter : it->second.waiters) {
        if (waiter.done && waiter.deadline <= now)
          late.push_back({std::exchange(waiter.done, nullptr), waiter.submitted, waiter.deadline});
        waiting = waiting || waiter.done;
      }
      it = waiting ? std::next(it) : remove(it);
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
    submitted_.clear();
    commands_ = bytes_ = 0;
  }
  finish(waiters, error);
}

Load InFlight::load() const {
  std::lock_guard lock(mutex_);
  return {commands_, bytes_, submitted_.empty() ? std::nullopt : std::optional(submitted_.begin()->second)};
}

void InFlight::finish(const std::vector<Waiter>& waiters, const Error& error) {
  for (const Waiter& waiter : waiters)
    if (waiter.done) waiter.done(florin::fail(error));
}

}  // namespace florin::gateway
