// The deterministic machine: (state, record) -> (state', events). It puts the pure cores together: partition,
// books and ledger. No I/O, no clock: rows come in by load(), go out by changes(), time is the record's
// stamp.
//
// Owner: the engine's thread. For each record: while missing() names keys, load() them; then execute(). After
// one or more records: changes() into the store, then settle().
#pragma once

#include <utility>
#include <vector>

#include "engine/book/decide.hpp"
#include "engine/envelope/envelope.hpp"
#include "engine/ledger/decide.hpp"
#include "engine/ledger/rows.hpp"
#include "engine/processor/partition.hpp"
#include "engine/processor/ruleset.hpp"

namespace florin::processor {

class Machine final : private ledger::LedgerDirectory {
 public:
  explicit Machine(PartitionId id, Rulesets known = rulesets)
      : id_(id), known_(known), rules_(known.front()) {}

  // Key ranges [first, last) whose rows must be loaded before the first record.
  static std::vector<std::pair<Bytes, Bytes>> start_ranges();
  Result<void> load(ByteView key, std::optional<ByteView> value);  // Errc::format

  // Rows that the record needs and that are not in memory. Empty when execute() may be called.
  std::vector<Bytes> missing(const OpenedRecord& record, Timestamp stamp);

  // Whether the record can stand here; nothing changes. Errors stop the engine before this record: corrupt (a
  // gap or a fork in an appender's chain, a record that cannot stand here), ruleset_unknown.
  Result<void> check(const OpenedRecord& record, Ordinal ordinal) const;

  // The events of a record that check() has passed, in sequence from partition().next_sequence.
  std::vector<Event> execute(const OpenedRecord& record, Ordinal ordinal, Timestamp stamp);

  // The events of a record that nobody can open, and that is passed over. Where it stood in its appender's
  // chain is not known, so the first record of every appender behind it may leave out one of its chain.
  // Errors: corrupt (more than quarantined_max of them).
  Result<std::vector<Event>> pass_over(Ordinal ordinal, Timestamp stamp);

  // The event records of this record were sealed; the last of them has this hash. Counts them into the
  // partition.
  void chained(Sequence next_sequence, const Hash256& last_event_record);

  void changes(const RowSink& sink);  // since the last settle(), the partition's row included
  void settle();

  const Partition& partition() const { return partition_; }
  const Ruleset& rules() const { return rules_; }  // in force for the next record
  std::optional<Timestamp> next_due() const;       // when the first pending transfer runs out of time

 private:
  enum class Admission { accepted, opens_epoch, duplicate, fenced };

  bool open(BookId book, LedgerId id) const override;
  std::optional<EventBody> reaches_not_granted(const Command& command) const;
  const Ruleset* ruleset(std::uint32_t number) const;
  Result<Admission> admit(const OpenedRecord& record, Ordinal ordinal) const;
  Result<Admission> admit_in_chain(const RecordHeader& header, const Hash256& hash, Ordinal ordinal) const;
  bool fills_gap(const RecordHeader& header, const Appender& appender, Ordinal ordinal) const;
  bool opened_in_quarantine(const RecordHeader& header, Ordinal ordinal) const;
  Result<void> check_place(Ordinal ordinal) const;
  Result<void> check_commands(const OpenedRecord& record, Ordinal ordinal) const;
  Result<void> check_ruleset(const CommandBody& body, Ordinal ordinal) const;
  void end_record();
  void expire(std::vector<Event>& out);
  void execute_command(const Command& command, std::uint32_t index, const OpenedRecord& record,
                       Ordinal ordinal, std::vector<Event>& out);
  EventBody execute_system(const Command& command, const OpenedRecord& record, Ordinal ordinal);
  void preview_items(const Command& command, std::uint32_t index, std::vector<Event>& out);
  void execute_items(const Command& command, std::uint32_t index, std::vector<Event>& out);
  std::optional<EventBody> judge(const Command& command) const;
  void emit(BookId book, std::uint32_t index, EventBody body, std::vector<Event>& out);

  PartitionId id_;
  Rulesets known_;
  Ruleset rules_;
  Partition partition_;
  book::State books_;
  ledger::State ledger_;
  ledger::EngineTime time_;
};

}  // namespace florin::processor
