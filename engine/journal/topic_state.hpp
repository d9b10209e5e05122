// What is known of a topic of events while its records arrive in the order of the topic: the newest of them,
// who published them, and whether they fork. Any thread; records arrive one at a time.
//
// Several engines may publish the same record; readers get it once. Once a record does not follow, or a
// second one has other bytes, every call gives that error: the events have forked.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "engine/journal/event_chain.hpp"
#include "engine/journal/event_tail.hpp"
#include "engine/journal/watermark.hpp"

namespace florin {

class TopicState {
 public:
  // The hash of a record that is no longer in the tail, by its first sequence, if there is such a record.
  using OlderHash = std::function<Result<std::optional<Hash256>>(Sequence first)>;

  explicit TopicState(std::size_t tail_bytes_max) : tail_(tail_bytes_max) {}

  // A record arrives. Errors: format (does not follow), corrupt (other bytes than before), those of `older`.
  Result<void> append(const EventBatchPtr& batch, std::size_t sealed_bytes, std::uint32_t rank,
                      const OlderHash& older);
  // What follows is taken as it comes from this record on: those before it are not looked at.
  void start_at(const EventBatch& batch);
  void break_off(Error error);  // nothing more arrives

  // As EventSource::read, of what is in the tail; empty when `from` is not, or not yet. Errors: why nothing
  // more arrives.
  Result<std::vector<EventBatchPtr>> read(Sequence from, std::size_t bytes_max) const;
  Result<void> alive() const;

  // As Publishers::seen_below.
  std::uint64_t seen_below(std::uint32_t rank) const;
  std::optional<std::uint32_t> newest_rank() const;  // as of Publishers

  std::optional<Hash256> hash_at(Sequence first) const { return tail_.hash_at(first); }
  Sequence next() const { return {next_.value()}; }
  Ordinal answered() const;  // all events of the journal's records before it have arrived
  bool wait_beyond(Sequence sequence, Deadline deadline) const {
    return next_.wait_beyond(sequence.value, deadline);
  }
  void stop() { next_.stop(); }
  bool stopped() const { return next_.stopped(); }

 private:
  Result<EventChain::Place> place(const EventBatch& batch, const OlderHash& older) const;

  mutable std::mutex mutex_;
  EventChain chain_{};                                // guarded by mutex_, as the next four
  std::map<std::uint32_t, std::uint64_t> records_{};  // by rank of their publisher, repeated ones too
  std::optional<std::uint32_t> newest_rank_{};
  Ordinal answered_{};
  std::optional<Error> broken_{};
  EventTail tail_;
  Watermark next_{1};
};

}  // namespace florin
