// The auditor's run: the journal decided again from record 0, against what was published.
#include "engine/replay/replay.hpp"

#include "tests/support/partition_rig.hpp"

namespace florin::testing {
namespace {

void work(Partition& run) {
  run.open_book_with_robot();
  run.run({{by_client(), CreateAccounts{{account(1), account(2)}}}});
  for (u128 id = 1; id <= 10; ++id) run.run({{by_client(), CreateTransfers{{transfer(id, 1, 2, id)}}}});
}

Result<replay::Report> replay_of(Partition& run, const EventSource& published) {
  return replay::run(run.journal, run.envelope, published, partition, [](Ordinal) {});
}

}  // namespace

TEST_CASE(
    "given a journal and its events, when it is replayed, then every event record is equal and so is the "
    "digest") {
  Partition run;
  work(run);
  const auto report = replay_of(run, run.events);
  REQUIRE(report.has_value());
  CHECK(report->records == run.journal.head().value);
  CHECK(report->events == run.events.next().value - 1);
  CHECK(report->compared == run.journal.head().value);
  CHECK(report->digest.hash == run.digest());
}

TEST_CASE(
    "given events that end before the journal does, when it is replayed, then what is there is compared") {
  Partition run;
  work(run);
  MemoryEventLog none;
  const auto report = replay_of(run, none);
  REQUIRE(report.has_value());
  CHECK(report->compared == 0);
  CHECK(report->digest.hash == run.digest());
}

TEST_CASE("given another journal's events, when it is replayed, then the first difference is named") {
  Partition run;
  work(run);
  Partition other(1'700'000'000'000'000'001);
  work(other);
  const auto report = replay_of(run, other.events);
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().code == Errc::corrupt);
  CHECK(report.error().message.find("journal record 0") != std::string::npos);
}

TEST_CASE("given more events than the journal gives, when it is replayed, then that is an error") {
  Partition run;
  work(run);
  MemoryJournal shorter(run.clock);
  const auto records = run.journal.read({0}, ~std::size_t{0}).value();
  for (const JournalRecord& record : records)
    if (record.ordinal.value + 1 < run.journal.head().value)
      REQUIRE(shorter.append(std::span(&record.sealed, 1)).has_value());
  const auto report = replay::run(shorter, run.envelope, run.events, partition, [](Ordinal) {});
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().code == Errc::corrupt);
}

}  // namespace florin::testing
