#include "engine/journal/decided_events.hpp"

namespace florin {

void DecidedEvents::add(const EventBatchPtr& batch, std::size_t sealed_bytes) {
  const std::lock_guard lock(mutex_);
  if (batch->next() <= next()) return;
  ahead_.push(batch, sealed_bytes);
  raise(batch->next());
}

// Behind a fork somebody else's events count, and answers from this engine's would be contradicted.
void DecidedEvents::published(const EventBatch& batch) {
  const std::lock_guard lock(mutex_);
  const auto ours = ahead_.hash_at(batch.header.first);
  if (!forked_ && ours && *ours != batch.hash)
    forked_ =
        Error{Errc::corrupt, "the events from sequence " + to_string(batch.header.first) +
                                 " on that another engine has published are not those that this one has "
                                 "decided: they fork there; stop all engines, and compare by `florin "
                                 "replay`"};
  ahead_.drop_before(published_.next());
  raise(published_.next());
}

Result<void> DecidedEvents::alive() const {
  FLORIN_TRY(arrived_.alive());
  const std::lock_guard lock(mutex_);
  if (forked_) return fail(*forked_);
  return {};
}

void DecidedEvents::raise(Sequence next) {
  if (next.value > next_.value()) next_.raise(next.value);
}

// In this order: what is no longer ahead is published.
Result<std::vector<EventBatchPtr>> DecidedEvents::read(Sequence from, std::size_t bytes_max) const {
  FLORIN_TRY(alive());
  auto ahead = ahead_.read(from, next(), bytes_max);
  if (!ahead.empty()) return ahead;
  return published_.read(from, bytes_max);
}

}  // namespace florin
