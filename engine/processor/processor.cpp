#include "engine/processor/processor.hpp"

#include "engine/base/hash.hpp"
#include "engine/processor/event_records.hpp"

namespace florin::processor {

Bytes state_key(ByteView row_key) {
  Bytes key;
  key.reserve(row_key.size() + 1);
  key.push_back(state_prefix);
  key.insert(key.end(), row_key.begin(), row_key.end());
  return key;
}

Result<std::unique_ptr<Processor>> Processor::open(Ports ports, PartitionId partition) {
  std::unique_ptr<Processor> processor(new Processor(std::move(ports), partition));
  FLORIN_TRY(processor->load_start());
  const Ordinal next = processor->machine_.partition().next_ordinal;
  const Ordinal head = processor->ports_.journal.head();
  if (head < next)
    return fail(Errc::corrupt, "the journal ends at record " + to_string(head) + ", but the state knows " +
                                   to_string(next) +
                                   " records: the journal lost acknowledged records, or belongs to another "
                                   "data folder; restore it, the state alone is not the truth");
  processor->report();
  return processor;
}

Result<void> Processor::load_start() {
  for (const auto& [first, last] : Machine::start_ranges()) {
    Result<void> loaded;
    FLORIN_TRY(ports_.store.scan(state_key(first), state_key(last), ScanOrder::ascending,
                                 [&](ByteView key, ByteView value) {
                                   loaded = machine_.load(key.subspan(1), value);
                                   return loaded.has_value();
                                 }));
    FLORIN_TRY(std::move(loaded));
  }
  return {};
}

Result<std::size_t> Processor::step(std::size_t bytes_max) {
  const Ordinal next = machine_.partition().next_ordinal;
  FLORIN_TRY_ASSIGN(const auto records, ports_.journal.read(next, bytes_max));
  if (records.empty()) return std::size_t{0};
  StoreBatch batch;
  std::size_t decided = 0;
  for (const JournalRecord& record : records) {
    auto ready = prepare(record);
    if (!ready && decided == 0) return fail(std::move(ready).error());
    if (!ready) break;
    FLORIN_TRY(decide(*std::move(ready), batch));
    ++decided;
  }
  FLORIN_TRY(commit(batch));
  report();
  return decided;
}

// Everything that may fail for the record's sake, before anything changes.
Result<Processor::Ready> Processor::prepare(const JournalRecord& record) {
  const std::string place = "journal record " + to_string(record.ordinal);
  if (const auto listed = ports_.quarantine.find(record.ordinal); listed != ports_.quarantine.end()) {
    Ready ready{record, std::nullopt, blake2b(record.sealed)};
    if (ready.hash == listed->second.hash) {
      FLORIN_TRY(fetch({}, record.stamp));
      return ready;
    }
    return fail(Errc::corrupt, place +
                                   " is in quarantine, but other bytes stand there than those that were "
                                   "put into it; restore the journal or the quarantine list");
  }
  auto opened = ports_.envelope.open_record(record.sealed);
  if (!opened)
    return fail(opened.error().code,
                place + ": " + opened.error().message +
                    "; restore what is missing or, if nobody can, `florin journal quarantine " +
                    to_string(record.ordinal) + " --reason TEXT`");
  FLORIN_TRY(machine_.check(*opened, record.ordinal));
  FLORIN_TRY(fetch(*opened, record.stamp));
  const Hash256 hash = opened->hash;
  return Ready{record, *std::move(opened), hash};
}

Result<void> Processor::decide(Ready ready, StoreBatch& batch) {
  const Ordinal ordinal = ready.record.ordinal;
  const Ruleset rules = machine_.rules();
  std::vector<Event> events;
  if (ready.opened) {
    events = machine_.execute(*ready.opened, ordinal, ready.record.stamp);
  } else {
    FLORIN_TRY_ASSIGN(events, machine_.pass_over(ordinal, ready.record.stamp));
  }
  FLORIN_TRY_ASSIGN(auto event_records, make_event_records(ports_.envelope, machine_.partition(),
                                                           {partition_, ordinal, ready.hash},
                                                           std::move(events), rules.event_payload_bytes_max));
  machine_.chained(event_records.back().batch->next(), event_records.back().batch->hash);
  for (EventRecord& event_record : event_records)
    FLORIN_TRY(ports_.sink.stage(std::move(event_record), batch));
  return {};
}

Result<void> Processor::fetch(const OpenedRecord& record, Timestamp stamp) {
  for (auto keys = machine_.missing(record, stamp); !keys.empty(); keys = machine_.missing(record, stamp)) {
    std::vector<Bytes> stored;
    stored.reserve(keys.size());
    for (const Bytes& key : keys) stored.push_back(state_key(key));
    FLORIN_TRY_ASSIGN(const auto values, ports_.store.get_many(stored));
    for (std::size_t i = 0; i < keys.size(); ++i)
      FLORIN_TRY(machine_.load(keys[i], values[i] ? std::optional<ByteView>(*values[i]) : std::nullopt));
  }
  return {};
}

// Published first, stored second: state never runs ahead of what readers can have.
Result<void> Processor::commit(StoreBatch& batch) {
  for (RowChange& change : machine_.changes()) {
    if (change.value) batch.put(state_key(change.key), *std::move(change.value));
    else batch.erase(state_key(change.key));
  }
  FLORIN_TRY(ports_.sink.publish());
  FLORIN_TRY(ports_.store.write(batch));
  machine_.settle();
  ports_.sink.settled();
  return {};
}

Status Processor::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

void Processor::report() {
  const Partition& partition = machine_.partition();
  std::lock_guard lock(mutex_);
  status_ = {partition.next_ordinal, partition.next_sequence, partition.time, machine_.next_due()};
}

}  // namespace florin::processor
