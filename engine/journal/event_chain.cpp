#include "engine/journal/event_chain.hpp"

#include "engine/base/assert.hpp"

namespace florin {

Result<EventChain::Place> EventChain::place(const EventBatch& batch) const {
  const EventRecordHeader& header = batch.header;
  if (header.count == 0 || header.count != batch.events.size())
    return fail(Errc::format, "the event record at sequence " + to_string(header.first) +
                                  " does not hold the number of events that its header says");
  if (header.first < next) return Place::before;
  if (header.first > next)
    return fail(Errc::format, "the event record at sequence " + to_string(header.first) +
                                  " leaves a gap behind " + to_string(Sequence{next.value - 1}));
  if (header.previous != last_hash)
    return fail(Errc::format, "the event record at sequence " + to_string(header.first) +
                                  " names another record before it than the one that is there");
  return Place::next;
}

void EventChain::advance(const EventBatch& batch) {
  FLORIN_ASSERT(batch.header.first == next && batch.header.previous == last_hash);
  next = batch.next();
  last_hash = batch.hash;
  last_ordinal = batch.header.ordinal;
}

Result<void> check_staged_again(const EventBatch& batch, const std::optional<Hash256>& known) {
  if (known == batch.hash) return {};
  return fail(Errc::corrupt,
              "the event record at sequence " + to_string(batch.header.first) +
                  " was published with other bytes: the events fork there; stop, and compare by "
                  "`florin replay`");
}

}  // namespace florin
