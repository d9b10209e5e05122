#include "engine/journal/memory_topic.hpp"

namespace florin {

Result<void> MemoryTopic::append(const StagedEvent& event, std::uint32_t rank) {
  // All records are in the tail, so one that is not there never was.
  const auto unknown = [](Sequence) { return Result<std::optional<Hash256>>(std::nullopt); };
  return state_.append(event.batch, event.sealed_bytes, rank, unknown);
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
