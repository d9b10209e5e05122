#include "engine/journal/memory_event_log.hpp"

#include <algorithm>

namespace florin {

Result<void> MemoryEventLog::stage(EventRecord record, StoreBatch&) {
  FLORIN_TRY_ASSIGN(const EventChain::Place place, chain_.place(*record.batch));
  if (place == EventChain::Place::before)
    return check_staged_again(*record.batch, records_.hash_at(record.batch->header.first));
  chain_.advance(*record.batch);
  staged_.add({std::move(record.batch), record.sealed.size()});
  return {};
}

void MemoryEventLog::settled() {
  for (StagedEvent& event : staged_.take()) {
    const Sequence next = event.batch->next();
    records_.push(std::move(event.batch), event.sealed_bytes);
    next_.raise(next.value);
  }
}

Result<std::vector<EventBatchPtr>> MemoryEventLog::read(Sequence from, std::size_t bytes_max) const {
  return records_.read(std::max(from, Sequence{1}), next(), bytes_max);
}

}  // namespace florin
