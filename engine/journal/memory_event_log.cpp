#include "engine/journal/memory_event_log.hpp"

#include <algorithm>

namespace florin {

Result<void> MemoryEventLog::stage(EventRecord record, StoreBatch&) {
  FLORIN_TRY_ASSIGN(const EventChain::Place place, chain_.place(*record.batch));
  if (place == EventChain::Place::before)
    return check_staged_again(*record.batch, records_.hash_at(record.batch->header.first));
  chain_.advance(*record.batch);
  staged_.push_back(std::move(record));
  return {};
}

void MemoryEventLog::settled() {
  for (EventRecord& record : staged_) records_.push(std::move(record.batch), record.sealed.size());
  staged_.clear();
  next_.raise(chain_.next.value);
}

Result<std::vector<EventBatchPtr>> MemoryEventLog::read(Sequence from, std::size_t bytes_max) const {
  return records_.read(std::max(from, Sequence{1}), next(), bytes_max);
}

}  // namespace florin
