// How a standby goes on: by what another engine has published.
#include "engine/processor/processor.hpp"

namespace florin::processor {
namespace {

// The published event records from `from` on that answer whole command records.
Result<std::vector<EventBatchPtr>> whole_records(const EventSource& published, Sequence from,
                                                 std::size_t bytes_max) {
  for (;; bytes_max *= 2) {
    FLORIN_TRY_ASSIGN(auto batches, published.read(from, bytes_max));
    const bool at_end = batches.empty() || batches.back()->next() >= published.next();
    while (!batches.empty() && !batches.back()->header.last) batches.pop_back();
    // Where the publisher ended in the middle of a command record, the rest is not there to be read.
    if (!batches.empty() || at_end) return batches;
  }
}

tl::unexpected<Error> forked(const EventBatch& computed) {
  return fail(Errc::corrupt,
              "the events of journal record " + to_string(computed.header.ordinal) + " (sequence " +
                  to_string(computed.header.first) +
                  " on) are not those that another engine has published: the events fork there; "
                  "stop all engines, and compare by `florin replay`");
}

}  // namespace

Result<std::size_t> Processor::follow(const EventSource& published, std::size_t bytes_max) {
  FLORIN_TRY_ASSIGN(const auto batches,
                    whole_records(published, machine_.partition().next_sequence, bytes_max));
  if (batches.empty()) return std::size_t{0};
  FLORIN_TRY_ASSIGN(auto records, take(next_ordinal(), bytes_max));
  while (!records.empty() && records.back().ordinal > batches.back()->header.ordinal) records.pop_back();
  if (records.empty()) return std::size_t{0};
  auto next = batches.begin();
  const auto compare = [&](const EventRecord& computed, StoreBatch&) -> Result<void> {
    const EventBatch& batch = *computed.batch;
    if (next == batches.end() || (*next)->header != batch.header || (*next)->hash != batch.hash)
      return forked(batch);
    ++next;
    return {};
  };
  FLORIN_TRY_ASSIGN(const Decided decided, decide_all(records, StateWrite::at_once, compare));
  FLORIN_TRY(ports_.store.write(decided.batch));
  report(decided.status);
  return decided.records;
}

}  // namespace florin::processor
