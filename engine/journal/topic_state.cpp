#include "engine/journal/topic_state.hpp"

#include <algorithm>

namespace florin {

Result<EventChain::Place> TopicState::place(const EventBatch& batch, const OlderHash& older) const {
  FLORIN_TRY_ASSIGN(const EventChain::Place place, chain_.place(batch));
  if (place == EventChain::Place::next) return place;
  std::optional<Hash256> known = tail_.hash_at(batch.header.first);
  if (!known) {
    FLORIN_TRY_ASSIGN(known, older(batch.header.first));
  }
  FLORIN_TRY(check_staged_again(batch, known));
  return place;
}

Result<void> TopicState::append(const EventBatchPtr& batch, std::size_t sealed_bytes, std::uint32_t rank,
                                const OlderHash& older) {
  const std::lock_guard lock(mutex_);
  if (broken_) return fail(*broken_);
  const auto placed = place(*batch, older);
  if (!placed) {
    broken_ = placed.error();
    return fail(placed.error());
  }
  ++records_[rank];
  newest_rank_ = rank;
  if (*placed == EventChain::Place::before) return {};
  chain_.advance(*batch);
  answered_ = {batch->header.ordinal.value + (batch->header.last ? 1 : 0)};
  tail_.push(batch, sealed_bytes);
  next_.raise(chain_.next.value);
  return {};
}

void TopicState::start_at(const EventBatch& batch) {
  const std::lock_guard lock(mutex_);
  chain_ = {batch.header.first, batch.header.previous, std::nullopt};
  tail_.clear();
  next_.raise(batch.header.first.value);
}

void TopicState::break_off(Error error) {
  const std::lock_guard lock(mutex_);
  if (!broken_) broken_ = std::move(error);
}

Result<void> TopicState::alive() const {
  const std::lock_guard lock(mutex_);
  if (broken_) return fail(*broken_);
  return {};
}

Result<std::vector<EventBatchPtr>> TopicState::read(Sequence from, std::size_t bytes_max) const {
  FLORIN_TRY(alive());
  return tail_.read(std::max(from, Sequence{1}), next(), bytes_max);
}

std::optional<std::uint32_t> TopicState::newest_rank() const {
  const std::lock_guard lock(mutex_);
  return newest_rank_;
}

Ordinal TopicState::answered() const {
  const std::lock_guard lock(mutex_);
  return answered_;
}

std::uint64_t TopicState::seen_below(std::uint32_t rank) const {
  const std::lock_guard lock(mutex_);
  std::uint64_t seen = 0;
  for (const auto& [publisher, records] : records_)
    if (publisher < rank) seen += records;
  return seen;
}

}  // namespace florin
