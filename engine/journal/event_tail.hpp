// The newest event records, opened, for readers in the same process. One thread adds, any thread
// reads; bounded by the memory that the events take.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "schemas/events.hpp"

namespace florin {

class EventTail {
 public:
  explicit EventTail(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Adds the next record in order, and drops the oldest ones over the bound; the newest always stays.
  void push(EventBatchPtr batch, std::size_t sealed_bytes);
  void clear();
  void drop_before(Sequence next);  // records whose events are all before it
  // Records with events in [from, end) by the rule of EventSource::read; empty when the record with `from` is
  // not here.
  std::vector<EventBatchPtr> read(Sequence from, Sequence end, std::size_t sealed_bytes_max) const;
  // Hash of the record that starts with `first`, when it is here.
  std::optional<Hash256> hash_at(Sequence first) const;

 private:
  struct Row {
    EventBatchPtr batch;
    std::size_t sealed_bytes;
  };
  using Rows = std::deque<Row>;

  static std::size_t memory(const EventBatch& batch) {
    return sizeof(EventBatch) + batch.events.size() * sizeof(Event);
  }
  Rows::const_iterator find(Sequence sequence) const;  // the row that holds it; call with the mutex held

  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  Rows rows_;
  std::size_t bytes_ = 0;
};

}  // namespace florin
