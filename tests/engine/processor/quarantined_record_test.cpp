// A record that nobody can open stops the partition until an operator puts it into quarantine.
#include "tests/support/partition_rig.hpp"

namespace florin::testing {
namespace {

std::vector<EventBatchPtr> all_of(const EventSource& events) {
  return events.read({1}, ~std::size_t{0}).value();
}

// Records go through hands that break some of them.
class BreakingJournal final : public Journal {
 public:
  explicit BreakingJournal(Journal& whole) : whole_(whole) {}
  Result<Appended> append(std::span<const Bytes> records) override { return whole_.append(records); }
  Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t bytes_max) const override {
    FLORIN_TRY_ASSIGN(auto records, whole_.read(from, bytes_max));
    for (JournalRecord& record : records)
      if (broken.contains(record.ordinal)) record.sealed.back() ^= 1;
    return records;
  }
  Ordinal head() const override { return whole_.head(); }
  bool wait_beyond(Ordinal ordinal, Deadline deadline) const override {
    return whole_.wait_beyond(ordinal, deadline);
  }
  void stop() override { whole_.stop(); }

  std::set<Ordinal> broken{};

 private:
  Journal& whole_;
};

struct Bench {
  Bench() { run.open_book_with_robot(); }

  Ordinal create(u128 id) { return run.appender.append({{by_client(), CreateAccounts{{account(id)}}}}); }
  void quarantine(Ordinal ordinal) {
    list[ordinal] = {blake2b(journal.read(ordinal, 0).value().front().sealed), {}, "the key is lost"};
  }
  void open() {
    processor = processor::Processor::open({journal, store, events, run.envelope, list}, partition).value();
  }
  Result<void> run_to_head() {
    for (;;) {
      FLORIN_TRY_ASSIGN(const std::size_t records, processor->step());
      if (records == 0) return {};
    }
  }
  std::vector<Event> events_of(Ordinal ordinal) const {
    for (const EventBatchPtr& batch : all_of(events))
      if (batch->header.ordinal == ordinal) return batch->events;
    return {};
  }

  Partition run{};
  BreakingJournal journal{run.journal};
  MemoryStore store{};
  MemoryEventLog events{};
  Quarantine list{};
  std::unique_ptr<processor::Processor> processor{};
};

}  // namespace

TEST_CASE(
    "given a record that cannot be opened, then the engine decides what stands before and stops there; in "
    "quarantine it is passed over, and the event names the record's hash") {
  Bench bench;
  bench.create(1);
  const Ordinal broken = bench.create(2);
  const Ordinal behind = bench.create(3);
  bench.journal.broken = {broken};
  bench.open();
  const auto stopped = bench.run_to_head();
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().message.find("record " + to_string(broken)) != std::string::npos);
  CHECK(bench.processor->status().next_ordinal == broken);

  bench.quarantine(broken);
  bench.open();
  REQUIRE(bench.run_to_head().has_value());
  const auto skipped = bench.events_of(broken);
  REQUIRE(skipped.size() == 1);
  CHECK(std::get<RecordSkipped>(skipped[0].body).reason == RecordSkipped::Reason::quarantined);
  for (const EventBatchPtr& batch : all_of(bench.events))
    if (batch->header.ordinal == broken) CHECK(batch->header.command_record == bench.list[broken].hash);
  CHECK(std::get<AccountCreated>(bench.events_of(behind).at(0).body).account.id == AccountId{3});

  MemoryStore fresh_store;
  MemoryEventLog fresh_events;
  auto again = processor::Processor::open(
                   {bench.journal, fresh_store, fresh_events, bench.run.envelope, bench.list}, partition)
                   .value();
  while (again->step().value() > 0) {
  }
  CHECK(processor::state_digest(fresh_store).value().hash ==
        processor::state_digest(bench.store).value().hash);
}

TEST_CASE("given other bytes than those that were put into quarantine, then the engine stops") {
  Bench bench;
  const Ordinal broken = bench.create(1);
  bench.journal.broken = {broken};
  bench.quarantine(broken);
  bench.journal.broken = {};  // somebody mended it
  bench.open();
  const auto stopped = bench.run_to_head();
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().code == Errc::corrupt);
  CHECK(stopped.error().message.find("is in quarantine, but other bytes") != std::string::npos);
}

TEST_CASE("given one record in quarantine, when two of the chain are gone, then the engine stops") {
  Bench bench;
  const Ordinal broken = bench.create(1);
  bench.run.appender.header().counter += 1;
  bench.create(2);
  bench.journal.broken = {broken};
  bench.quarantine(broken);
  bench.open();
  const auto stopped = bench.run_to_head();
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().message.find("does not follow") != std::string::npos);
}

TEST_CASE(
    "given a quarantine that the chain went on behind, when a later record is lost, then the engine stops") {
  Bench bench;
  const Ordinal broken = bench.create(1);
  bench.create(2);
  bench.run.appender.header().counter += 1;
  bench.create(3);
  bench.journal.broken = {broken};
  bench.quarantine(broken);
  bench.open();
  CHECK_FALSE(bench.run_to_head().has_value());
}

TEST_CASE("given the record that opened an epoch in quarantine, then the records of the epoch are decided") {
  Bench bench;
  const Ordinal epoch = bench.run.appender.open();
  SUBCASE("that record alone") {}
  SUBCASE("and the next one") {
    const Ordinal next = bench.create(8);
    bench.journal.broken = {epoch, next};
    bench.quarantine(next);
  }
  const Ordinal behind = bench.create(9);
  bench.journal.broken.insert(epoch);
  bench.quarantine(epoch);
  bench.open();
  REQUIRE(bench.run_to_head().has_value());
  CHECK(std::holds_alternative<AccountCreated>(bench.events_of(behind).at(0).body));
}

TEST_CASE("given a record that does not open, then the error says how to pass over it, in its partition") {
  Partition run;
  const JournalRecord record{{7}, {1}, Bytes(200, 1)};
  const auto said = [&](PartitionId id) {
    return processor::open_incoming(record, id, run.envelope, {}, "record 7").opened.error().message;
  };
  CHECK(said({0}).find("`florin journal quarantine 7 --reason TEXT`") != std::string::npos);
  CHECK(said({2}).find("`florin journal quarantine 7 --partition 2 --reason TEXT`") != std::string::npos);
}

}  // namespace florin::testing
