#include "engine/replay/replay.hpp"

#include "engine/replay/comparing_sink.hpp"
#include "engine/store/memory_store.hpp"

namespace florin::replay {
namespace {

// Ends the replay at the first difference. What is not published yet is not compared.
class StrictSink final : public ComparingSink {
 public:
  StrictSink(const EventSource& source, Report& report)
      : source_(source), published_(source), report_(report) {}

  Result<void> stage(EventRecord record, StoreBatch&) override {
    const EventBatch& computed = *record.batch;
    report_.events += computed.events.size();
    if (computed.header.first >= source_.next()) return {};
    FLORIN_TRY_ASSIGN(const EventBatchPtr published, published_.at(computed.header.first));
    if (!published || published->header != computed.header || published->hash != computed.hash)
      return fail(Errc::corrupt, "the events of journal record " + to_string(computed.header.ordinal) +
                                     " (sequence " + to_string(computed.header.first) +
                                     " on) are not those that were published");
    ++report_.compared;
    return {};
  }

 private:
  const EventSource& source_;
  PublishedRecords published_;
  Report& report_;
};

}  // namespace

Result<Report> run(const Journal& journal, const Envelope& envelope, const EventSource& published,
                   PartitionId partition, const std::function<void(Ordinal)>& progress,
                   const Quarantine& quarantine) {
  Report report;
  MemoryStore store;
  const Sequence end = published.next();  // others may append and publish meanwhile
  StrictSink sink(published, report);
  FLORIN_TRY_ASSIGN(const auto processor,
                    processor::Processor::open({journal, store, sink, envelope, quarantine}, partition));
  for (std::size_t records = 1; records > 0; report.records += records) {
    FLORIN_TRY_ASSIGN(records, processor->step());
    progress(processor->status().next_ordinal);
  }
  if (end > processor->status().next_sequence)
    return fail(Errc::corrupt, "more events were published than the journal gives: " + to_string(end) +
                                   " against " + to_string(processor->status().next_sequence));
  FLORIN_TRY_ASSIGN(report.digest, processor::state_digest(store));
  return report;
}

}  // namespace florin::replay
