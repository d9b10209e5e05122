#include "engine/journal/memory_topic.hpp"

#include <algorithm>

namespace florin {

Result<std::vector<EventBatchPtr>> MemoryTopic::read(Sequence from, std::size_t bytes_max) const {
  {
    const std::lock_guard lock(mutex_);
    if (fork_) return fail(*fork_);
  }
  return tail_.read(std::max(from, Sequence{1}), next(), bytes_max);
}

std::uint64_t MemoryTopic::seen_below(std::uint32_t rank) const {
  const std::lock_guard lock(mutex_);
  std::uint64_t seen = 0;
  for (const auto& [publisher, records] : records_)
    if (publisher < rank) seen += records;
  return seen;
}

Result<void> MemoryTopic::append(const StagedEvent& event, std::uint32_t rank) {
  const std::lock_guard lock(mutex_);
  if (fork_) return fail(*fork_);
  const auto place = chain_.place(*event.batch);
  Result<void> follows;
  if (!place) follows = fail(place.error());
  else if (*place == EventChain::Place::before)
    follows = check_staged_again(*event.batch, tail_.hash_at(event.batch->header.first));
  if (!follows) {
    fork_ = follows.error();
    return follows;
  }
  ++records_[rank];
  if (*place == EventChain::Place::before) return {};
  chain_.advance(*event.batch);
  tail_.push(event.batch, event.sealed_bytes);
  next_.raise(chain_.next.value);
  return {};
}

Result<void> TopicSink::stage(EventRecord record, StoreBatch&) {
  staged_.add({std::move(record.batch), record.sealed.size()});
  return {};
}

Result<void> TopicSink::publish() {
  for (const StagedEvent& event : staged_.take()) FLORIN_TRY(topic_.append(event, rank_));
  return {};
}

}  // namespace florin
