// What a replay does with the events that it computes: nothing is published, and each record is compared with
// the one that was published before.
#pragma once

#include <deque>

#include "engine/journal/events.hpp"

namespace florin::replay {

// stage() compares.
class ComparingSink : public EventSink {
 public:
  void end_group() override {}
  Result<void> publish() override { return {}; }
  void settled() override {}
};

// Published records in order, many read at once.
class PublishedRecords {
 public:
  explicit PublishedRecords(const EventSource& source) : source_(source) {}  // outlives it

  // The record that begins with that sequence, which rises from call to call; null when there is none.
  // Errors: those of the source.
  Result<EventBatchPtr> at(Sequence first) {
    if (read_.empty()) {
      FLORIN_TRY_ASSIGN(const auto batches, source_.read(first, read_bytes_max));
      read_.assign(batches.begin(), batches.end());
    }
    EventBatchPtr found;
    if (!read_.empty() && read_.front()->header.first == first) {
      found = std::move(read_.front());
      read_.pop_front();
    } else {
      read_.clear();
    }
    return found;
  }

 private:
  static constexpr std::size_t read_bytes_max = 1u << 20;

  const EventSource& source_;
  std::deque<EventBatchPtr> read_{};
};

}  // namespace florin::replay
