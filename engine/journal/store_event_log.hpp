// Published events of the embedded mode: event records as rows of the engine's store, so that events and
// state are written together (docs/formats/event_log.md). Sink and source in one. Threads and errors as in
// the ports.
#pragma once

#include <memory>

#include "engine/envelope/envelope.hpp"
#include "engine/journal/event_chain.hpp"
#include "engine/journal/event_tail.hpp"
#include "engine/journal/events.hpp"
#include "engine/journal/staged_events.hpp"
#include "engine/journal/watermark.hpp"

namespace florin {

inline constexpr std::uint8_t event_row_prefix = 'e';

struct StoreEventLogOptions {
  std::size_t tail_bytes_max = 64u << 20;  // memory of the newest opened events, kept for readers
};

class StoreEventLog final : public EventSink, public EventSource {
 public:
  // Finds the last record that the store holds. Store and envelope outlive the log.
  // Errors: corrupt (names the sequence), format, key_missing, key_refused, io.
  static Result<std::unique_ptr<StoreEventLog>> open(const Store& store, const Envelope& envelope,
                                                     StoreEventLogOptions options = {});

  Result<void> stage(EventRecord record, StoreBatch& batch) override;
  void end_group() override { staged_.end_group(); }
  Result<void> publish() override { return {}; }
  void settled() override;

  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const override;
  Sequence next() const override { return {next_.value()}; }
  bool wait_beyond(Sequence sequence, Deadline deadline) const override {
    return next_.wait_beyond(sequence.value, deadline);
  }
  void stop() override { next_.stop(); }

  // Of the last record that was staged, or found when the log was opened. The engine's thread only.
  const Hash256& last_hash() const { return chain_.last_hash; }  // zero when there is none
  std::optional<Ordinal> last_ordinal() const { return chain_.last_ordinal; }

 private:
  struct Row {
    Sequence first;
    Bytes sealed;
  };

  StoreEventLog(const Store& store, const Envelope& envelope, StoreEventLogOptions options)
      : store_(store), envelope_(envelope), tail_(options.tail_bytes_max) {}

  Result<void> restore();
  Result<EventBatchPtr> open_row(const Row& row) const;
  Result<std::optional<Row>> last_row_at_or_before(Sequence sequence) const;
  Result<std::vector<Row>> rows(Sequence first, Sequence end, std::size_t bytes_max) const;
  Result<std::vector<EventBatchPtr>> read_store(Sequence from, Sequence end, std::size_t bytes_max) const;

  const Store& store_;
  const Envelope& envelope_;

  EventChain chain_;  // the engine's thread only
  StagedEvents staged_;

  EventTail tail_;
  Watermark next_{1};
};

Bytes event_row_key(Sequence first);

}  // namespace florin
