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

std::vector<PackedTable> packed_tables() {
  std::vector<PackedTable> tables;
  for (const ledger::TableByte table : {ledger::TableByte::transfer_ids, ledger::TableByte::transfers})
    tables.push_back({{state_prefix, static_cast<std::uint8_t>(table)}, 2 + sizeof(BookId)});
  return tables;
}

Incoming open_incoming(const JournalRecord& record, PartitionId partition, const Envelope& envelope,
                       const Quarantine& quarantine, const std::string& place) {
  Incoming taken{record.ordinal, record.stamp, record.sealed.size(), OpenedRecord{}};
  if (const auto listed = quarantine.find(record.ordinal); listed != quarantine.end()) {
    taken.passed_over = true;
    taken.opened->hash = blake2b(record.sealed);
    if (taken.opened->hash != listed->second.hash)
      taken.opened =
          fail(Errc::corrupt, place +
                                  " is in quarantine, but other bytes stand there than those "
                                  "that were put into it; restore the journal or the quarantine list");
    return taken;
  }
  taken.opened = envelope.open_record(record.sealed);
  if (!taken.opened)
    taken.opened = fail(taken.opened.error().code,
                        place + ": " + taken.opened.error().message +
                            "; restore what is missing or, if nobody can, `florin journal quarantine " +
                            to_string(record.ordinal) +
                            (partition == PartitionId{0} ? "" : " --partition " + to_string(partition)) +
                            " --reason TEXT`");
  return taken;
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
  processor->report(processor->machine_status());
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
  stored_ = machine_.partition().next_sequence;
  return {};
}

Result<std::size_t> Processor::step(std::size_t bytes_max) {
  FLORIN_TRY_ASSIGN(const auto records, take(next_ordinal(), bytes_max));
  if (records.empty()) return std::size_t{0};
  FLORIN_TRY_ASSIGN(const Decided decided, decide(records));
  FLORIN_TRY(commit(decided));
  return decided.records;
}

Result<std::vector<Incoming>> Processor::take(Ordinal from, std::size_t bytes_max) const {
  FLORIN_TRY_ASSIGN(const auto records, ports_.journal.read(from, bytes_max));
  std::vector<Incoming> taken;
  taken.reserve(records.size());
  for (const JournalRecord& record : records)
    taken.push_back(open_incoming(record, partition_, ports_.envelope, ports_.quarantine,
                                  "journal record " + to_string(record.ordinal)));
  return taken;
}

Result<Decided> Processor::decide(const std::vector<Incoming>& records, StateWrite state) {
  FLORIN_TRY_ASSIGN(Decided decided,
                    decide_all(records, state, [this](EventRecord record, StoreBatch& batch) {
                      return ports_.sink.stage(std::move(record), batch);
                    }));
  ports_.sink.end_group();
  return decided;
}

std::optional<Decided> Processor::deferred() {
  if (!defers()) return std::nullopt;
  Decided decided;
  add_state(decided);
  decided.status = machine_status();
  ports_.sink.end_group();
  return decided;
}

Result<Decided> Processor::decide_all(const std::vector<Incoming>& records, StateWrite state,
                                      const Take& take) {
  Decided decided;
  for (const Incoming& record : records) {
    if (auto ready = prepare(record); !ready) {
      if (decided.records == 0) return fail(std::move(ready).error());
      break;
    }
    FLORIN_TRY(execute(record, take, decided.batch));
    ++decided.records;
  }
  if (state == StateWrite::at_once ||
      machine_.partition().next_sequence.value - stored_.value >= deferred_events_max)
    add_state(decided);
  decided.status = machine_status();
  return decided;
}

void Processor::add_state(Decided& decided) {
  Bytes state_key;
  machine_.changes([&](const RowChange& row) {
    state_key.assign(1, state_prefix);
    state_key.insert(state_key.end(), row.key.begin(), row.key.end());
    if (!row.value) decided.batch.erase(state_key);
    else if (row.fresh) decided.batch.put_fresh(state_key, *row.value);
    else decided.batch.put(state_key, *row.value);
  });
  machine_.settle();
  decided.state = true;
  stored_ = machine_.partition().next_sequence;
}

// Everything that may fail for the record's sake, before anything changes.
Result<void> Processor::prepare(const Incoming& record) {
  if (!record.opened) return fail(record.opened.error());
  if (!record.passed_over) FLORIN_TRY(machine_.check(*record.opened, record.ordinal));
  return fetch(*record.opened, record.stamp);
}

Result<void> Processor::execute(const Incoming& record, const Take& take, StoreBatch& batch) {
  const Ruleset rules = machine_.rules();
  std::vector<Event> events;
  if (record.passed_over) {
    FLORIN_TRY_ASSIGN(events, machine_.pass_over(record.ordinal, record.stamp));
  } else {
    events = machine_.execute(*record.opened, record.ordinal, record.stamp);
  }
  FLORIN_TRY_ASSIGN(auto event_records, make_event_records(ports_.envelope, machine_.partition(),
                                                           {partition_, record.ordinal, record.opened->hash},
                                                           std::move(events), rules.event_payload_bytes_max));
  machine_.chained(event_records.back().batch->next(), event_records.back().batch->hash);
  for (EventRecord& event_record : event_records) FLORIN_TRY(take(std::move(event_record), batch));
  return {};
}

Result<void> Processor::fetch(const OpenedRecord& record, Timestamp stamp) {
  for (auto keys = machine_.missing(record, stamp); !keys.empty(); keys = machine_.missing(record, stamp)) {
    std::vector<Bytes> stored;
    stored.reserve(keys.size());
    for (const Bytes& key : keys) stored.push_back(state_key(key));
    FLORIN_TRY(before_reading_(stored));
    FLORIN_TRY_ASSIGN(const auto values, ports_.store.get_many(stored));
    for (std::size_t i = 0; i < keys.size(); ++i)
      FLORIN_TRY(machine_.load(keys[i], values[i] ? std::optional<ByteView>(*values[i]) : std::nullopt));
  }
  return {};
}

// Published first, stored second: state never runs ahead of what readers can have.
Result<void> Processor::commit(const Decided& decided) {
  FLORIN_TRY(ports_.sink.publish());
  FLORIN_TRY(ports_.store.write(decided.batch));
  ports_.sink.settled();
  report(decided.status);
  return {};
}

Status Processor::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

Status Processor::machine_status() const {
  const Partition& partition = machine_.partition();
  return {partition.next_ordinal, partition.next_sequence, stored_, partition.time, machine_.next_due()};
}

void Processor::report(const Status& status) {
  std::lock_guard lock(mutex_);
  status_ = status;
}

}  // namespace florin::processor
