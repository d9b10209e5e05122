// Published events by hand: records are chained as the engine chains them, but nothing is sealed. Another
// salt gives another chain with the same events.
#pragma once

#include <condition_variable>
#include <mutex>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"
#include "engine/journal/events.hpp"
#include "projections/tail.hpp"

namespace florin::test {

inline EventBatchPtr make_record(const projections::Tail& tail, std::vector<Event> events,
                                 std::uint8_t salt = 0, bool last = true) {
  auto record = std::make_shared<EventBatch>();
  record->header.first = tail.next();
  record->header.count = static_cast<std::uint32_t>(events.size());
  record->header.previous = tail.hash;
  record->header.last = last;
  record->events = std::move(events);
  Bytes bytes;
  Writer out(bytes);
  out.fixed(salt);
  out.raw(encode_event_record_header(record->header));
  for (const Event& event : record->events) encode_event(event, bytes);
  record->hash = blake2b(bytes);
  return record;
}

class EventLog final : public EventSource {
 public:
  // What an event counts for in read(): little, so that one read can hold more than one batch of a worker.
  static constexpr std::size_t event_bytes = 10;

  explicit EventLog(std::uint8_t salt = 0) : salt_(salt) {}

  // One record with these events, which end the events of a command record or do not.
  void append(std::vector<Event> events, bool last = true) {
    std::lock_guard lock(mutex_);
    add(make_record(tail_, std::move(events), salt_, last));
  }
  // A record as it is, right or wrong.
  void append_raw(EventBatchPtr record) {
    std::lock_guard lock(mutex_);
    add(std::move(record));
  }
  projections::Tail tail() const {
    std::lock_guard lock(mutex_);
    return tail_;
  }
  const std::vector<EventBatchPtr>& records() const { return records_; }
  std::size_t reads() const {
    std::lock_guard lock(mutex_);
    return reads_;
  }
  std::size_t waits() const {
    std::lock_guard lock(mutex_);
    return waits_;
  }
  // From now on, every read that would find a record gives the whole log from its first record on.
  void repeat_everything() {
    std::lock_guard lock(mutex_);
    repeat_everything_ = true;
  }
  // From now on nobody gets to see records behind this sequence, until the next call.
  void hide_behind(Sequence last) {
    std::lock_guard lock(mutex_);
    visible_ = last.value;
    changed_.notify_all();
  }

  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const override {
    std::lock_guard lock(mutex_);
    ++reads_;
    std::vector<EventBatchPtr> found;
    std::size_t bytes = 0;
    for (const EventBatchPtr& record : records_) {
      const bool wanted = record->next() > from || repeat_everything_;
      if (!wanted || record->next().value > visible_ + 1) continue;
      if (!found.empty() && bytes > bytes_max) break;
      bytes += event_bytes * record->events.size();
      found.push_back(record);
    }
    return found;
  }
  Sequence next() const override {
    std::lock_guard lock(mutex_);
    return {end()};
  }
  bool wait_beyond(Sequence sequence, Deadline deadline) const override {
    std::unique_lock lock(mutex_);
    ++waits_;
    changed_.wait_until(lock, deadline, [&] { return stopped_ || end() > sequence.value; });
    return end() > sequence.value;
  }
  void stop() override {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

 private:
  std::uint64_t end() const { return std::min(tail_.position.value, visible_) + 1; }
  void add(EventBatchPtr record) {
    tail_ = projections::tail_after(*record);
    records_.push_back(std::move(record));
    changed_.notify_all();
  }

  const std::uint8_t salt_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::size_t reads_ = 0, waits_ = 0;
  std::vector<EventBatchPtr> records_;
  projections::Tail tail_;
  std::uint64_t visible_ = ~std::uint64_t{0} - 1;
  bool repeat_everything_ = false;
  bool stopped_ = false;
};

}  // namespace florin::test
