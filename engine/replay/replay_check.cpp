#include "engine/replay/replay_check.hpp"

#include <optional>

#include "engine/base/hex.hpp"
#include "engine/journal/store_event_log.hpp"
#include "engine/ledger/row_codec.hpp"
#include "engine/replay/comparing_sink.hpp"
#include "engine/replay/journal_part.hpp"
#include "engine/store/row_cursor.hpp"

namespace florin::replay {
namespace {

// Small steps, so that who waits sees progress and a cancelled check ends soon.
constexpr std::size_t check_step_bytes_max = 1u << 20;

RowCursor rows_with(const StoreReader& store, std::uint8_t prefix) {
  return {store, Bytes{prefix}, prefix_end(Bytes{prefix})};
}

std::string place_of(const EventRecordHeader& header) {
  return "sequence " + to_string(header.first) + " on (journal record " + to_string(header.ordinal) +
         "): the events ";
}
constexpr const char* events_missing = "that the journal gives are missing";
constexpr const char* events_different = "are not those that the journal gives";

// With what a broker has, by its hash.
class BrokerSink final : public ComparingSink {
 public:
  BrokerSink(const EventSource& published, ReplayReport& report) : published_(published), report_(report) {}

  Result<void> stage(EventRecord record, StoreBatch&) override {
    const EventRecordHeader& header = record.batch->header;
    ++report_.events;
    FLORIN_TRY_ASSIGN(const EventBatchPtr published, published_.at(header.first));
    if (!published) report_.broken_events.add(place_of(header) + events_missing);
    else if (published->hash != record.batch->hash)
      report_.broken_events.add(place_of(header) + events_different);
    return {};
  }

 private:
  PublishedRecords published_;
  ReplayReport& report_;
};

// With the rows of the snapshot, in order.
class SnapshotSink final : public ComparingSink {
 public:
  SnapshotSink(const StoreReader& snapshot, ReplayReport& report)
      : published_(rows_with(snapshot, event_row_prefix)), report_(report) {}

  Result<void> stage(EventRecord record, StoreBatch&) override {
    const EventRecordHeader& header = record.batch->header;
    const Bytes key = event_row_key(header.first);
    FLORIN_TRY_ASSIGN(const StoreRow* row, pass_rows_before(key));
    ++report_.events;
    if (row == nullptr && beyond_state_) return {};
    if (row == nullptr || row->key != key) {
      report_.broken_events.add(place_of(header) + events_missing);
      return {};
    }
    if (row->value != record.sealed) report_.broken_events.add(place_of(header) + events_different);
    published_.next();
    return {};
  }

  // From now on records are compared as far as there are events: state follows what is published.
  void go_beyond_state() { beyond_state_ = true; }
  Result<bool> more() {
    FLORIN_TRY_ASSIGN(const StoreRow* row, published_.peek());
    return row != nullptr;
  }

  // What is left was published without a record of the journal.
  Result<void> finish() {
    FLORIN_TRY(pass_rows_before(prefix_end(Bytes{event_row_prefix})));
    return {};
  }

 private:
  Result<const StoreRow*> pass_rows_before(const Bytes& key) {
    for (;;) {
      FLORIN_TRY_ASSIGN(const StoreRow* row, published_.peek());
      if (row == nullptr || row->key >= key) return row;
      report_.broken_events.add("event row " + to_hex(row->key) + ": the journal gives no such events");
      published_.next();
    }
  }

  RowCursor published_;
  ReplayReport& report_;
  bool beyond_state_ = false;
};

std::string row_name(ByteView key) {
  const auto in_book = [](BookId book, const std::string& what) {
    return "book " + to_string(book) + ", " + what + ": ";
  };
  if (const auto account = ledger::parse_account_key(key))
    return in_book(account->book, "account " + to_string(account->id));
  if (const auto transfer = ledger::parse_transfer_key(key))
    return in_book(transfer->book, "transfer of timestamp " + to_string(transfer->id));
  if (const auto transfer_id = ledger::parse_transfer_id_key(key))
    return in_book(transfer_id->book, "id of transfer " + to_string(transfer_id->id));
  if (const auto transaction = ledger::parse_transaction_key(key))
    return in_book(transaction->book, "transaction " + to_string(transaction->id));
  if (const auto metadata = ledger::parse_metadata_key(key))
    return in_book(metadata->book, "metadata of " + to_string(metadata->id.id));
  return "state row " + to_hex(key) + ": ";
}

// Which rows it is, when two states differ.
Result<void> name_rows(const StoreReader& snapshot, const StoreReader& scratch, Findings& out) {
  RowCursor is = rows_with(snapshot, processor::state_prefix);
  RowCursor should = rows_with(scratch, processor::state_prefix);
  while (out.count() < findings_kept_max) {
    FLORIN_TRY_ASSIGN(const StoreRow* is_row, is.peek());
    FLORIN_TRY_ASSIGN(const StoreRow* should_row, should.peek());
    if (is_row == nullptr && should_row == nullptr) break;
    const bool missing = is_row == nullptr || (should_row != nullptr && should_row->key < is_row->key);
    const bool extra = should_row == nullptr || (is_row != nullptr && is_row->key < should_row->key);
    const std::string place = row_name(ByteView(missing ? should_row->key : is_row->key).subspan(1));
    if (missing) out.add(place + "the row that the journal gives is missing");
    else if (extra) out.add(place + "the journal gives no such row");
    else if (is_row->value != should_row->value) out.add(place + "its row is not what the journal gives");
    if (!missing) is.next();
    if (!extra) should.next();
  }
  return {};
}

// The journal's own failures, as opposed to those of the machine that the check runs on.
bool of_journal(const Error& error) {
  return error.code == Errc::corrupt || error.code == Errc::format || error.code == Errc::ruleset_unknown;
}

// False when the journal ended the replay; why is in the report.
Result<bool> replay_all(processor::Processor& processor, ReplayReport& report, const GoOn& go_on) {
  for (;;) {
    FLORIN_TRY(go_on(report.records));
    const auto records = processor.step(check_step_bytes_max);
    if (!records && !of_journal(records.error())) return fail(records.error());
    if (!records) {
      report.broken_state.add("the journal cannot be replayed: " + records.error().message);
      return false;
    }
    if (*records == 0) return true;
    report.records += *records;
  }
}

// The events that were published before their state was stored, as far as the journal gives them.
Result<void> replay_beyond(const ReplaySources& sources, Store& scratch, SnapshotSink& sink,
                           const GoOn& go_on) {
  sink.go_beyond_state();
  FLORIN_TRY_ASSIGN(const auto processor, processor::Processor::open({sources.journal, scratch, sink,
                                                                      sources.envelope, sources.quarantine},
                                                                     sources.partition));
  for (std::size_t stepped = 1; stepped > 0;) {
    FLORIN_TRY_ASSIGN(const bool more, sink.more());
    if (!more) return {};
    FLORIN_TRY(go_on(processor->next_ordinal().value));
    FLORIN_TRY_ASSIGN(stepped, processor->step(check_step_bytes_max));
  }
  return sink.finish();
}

}  // namespace

Result<ReplayReport> check_replay(const ReplaySources& sources, const processor::StateDigest& expected,
                                  Store& scratch, const GoOn& go_on) {
  ReplayReport report;
  if (sources.journal.head() < expected.next_ordinal) {
    report.broken_state.add("the journal has " + to_string(sources.journal.head()) +
                            " records, but the state knows " + to_string(expected.next_ordinal));
    return report;
  }
  const JournalPart journal(sources.journal, expected.next_ordinal);
  SnapshotSink rows(sources.snapshot, report);
  std::optional<BrokerSink> topic;
  if (sources.published != nullptr) topic.emplace(*sources.published, report);
  EventSink& sink = topic ? static_cast<EventSink&>(*topic) : rows;
  FLORIN_TRY_ASSIGN(const auto processor,
                    processor::Processor::open({journal, scratch, sink, sources.envelope, sources.quarantine},
                                               sources.partition));
  FLORIN_TRY_ASSIGN(const bool whole, replay_all(*processor, report, go_on));
  if (!whole) return report;
  FLORIN_TRY_ASSIGN(report.digest, processor::state_digest(scratch));
  if (report.digest.hash == expected.hash) {
    // A broker has the events of a standby's publisher as well, which say nothing about this state.
    if (!topic) FLORIN_TRY(replay_beyond(sources, scratch, rows, go_on));
    return report;
  }
  report.broken_state.add("the state's digest is " + to_hex(expected.hash) + ", that of a replay is " +
                          to_hex(report.digest.hash));
  FLORIN_TRY(name_rows(sources.snapshot, scratch, report.broken_state));
  return report;
}

}  // namespace florin::replay
