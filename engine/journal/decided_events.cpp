#include "engine/journal/decided_events.hpp"

namespace florin {

void DecidedEvents::add(const EventBatchPtr& batch, std::size_t sealed_bytes) {
  const std::lock_guard lock(mutex_);
  if (batch->next() <= next()) return;
  ahead_.push(batch, sealed_bytes);
  raise(batch->next());
}

void DecidedEvents::published(Sequence next) {
  const std::lock_guard lock(mutex_);
  ahead_.drop_before(next);
  raise(next);
}

void DecidedEvents::raise(Sequence next) {
  if (next.value > next_.value()) next_.raise(next.value);
}

// In this order: what is no longer ahead is published.
Result<std::vector<EventBatchPtr>> DecidedEvents::read(Sequence from, std::size_t bytes_max) const {
  FLORIN_TRY(arrived_.alive());
  auto ahead = ahead_.read(from, next(), bytes_max);
  if (!ahead.empty()) return ahead;
  return published_.read(from, bytes_max);
}

}  // namespace florin
