// The stages at the same time decide what they decide in turn.
#include "engine/processor/pipeline.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "engine/journal/store_event_log.hpp"
#include "tests/support/forwarding_store.hpp"
#include "tests/support/partition_rig.hpp"

namespace florin::testing {
namespace {

// Large and small groups, chains, holds, ids that were used before.
void add_work(Partition& run) {
  run.open_book_with_robot();
  std::vector<Account> accounts;
  for (u128 id = 1; id <= 50; ++id) accounts.push_back(account(id));
  run.appender.append({{by_client(), CreateAccounts{accounts}}});
  u128 id = 1;
  for (int record = 0; record < 60; ++record) {
    std::vector<Transfer> transfers;
    const int count = record % 3 == 0 ? 2000 : 3;
    for (int i = 0; i < count; ++i, ++id) {
      transfers.push_back(transfer(id, 1 + id % 50, 1 + (id + 7) % 50, 1 + id % 9));
      if (i % 5 == 1) transfers.back().flags = transfer_flags::pending;
      if (i % 11 == 3) transfers.back().id = {id / 2};  // not greater than all before: a read of the store
    }
    run.clock.advance_ns(1'000'000);
    run.appender.append({{by_client(), CreateTransfers{transfers}}});
  }
}

// Slow writes, which can be refused.
class SlowStore final : public test::ForwardingStore {
 public:
  SlowStore() : ForwardingStore(rows) {}
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
    const std::lock_guard lock(mutex_);
    const bool older =
        std::any_of(keys.begin(), keys.end(), [this](const Bytes& key) { return writing_.contains(key); });
    CHECK_FALSE_MESSAGE(older, "a row is read that is on its way");
    return rows.get_many(keys);
  }
  Result<void> write(const StoreBatch& batch) override {
    if (left && (*left)-- == 0) return fail(Errc::io, "the disk is gone");
    set_writing(batch);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto written = rows.write(batch);
    set_writing({});
    return written;
  }

  MemoryStore rows{};
  std::optional<int> left{};

 private:
  void set_writing(const StoreBatch& batch) {
    const std::lock_guard lock(mutex_);
    writing_.clear();
    for (const RowChange& row : batch.operations()) writing_.emplace(row.key.begin(), row.key.end());
  }

  mutable std::mutex mutex_;
  std::set<Bytes> writing_;  // keys of the write under way; guarded by mutex_
};

// Brokers that answer when they are told to.
class HangingSink final : public EventSink {
 public:
  Result<void> stage(EventRecord record, StoreBatch&) override {
    staged = record.batch->next().value;
    return {};
  }
  void end_group() override {}
  Result<void> publish() override {
    std::unique_lock lock(mutex_);
    told_.wait_for(lock, std::chrono::seconds(10), [this] { return !hangs_; });
    return {};
  }
  void settled() override {}
  void answer() {
    {
      const std::lock_guard lock(mutex_);
      hangs_ = false;
    }
    told_.notify_all();
  }

  std::atomic<std::uint64_t> staged{0};  // the sequence behind what was decided

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  bool hangs_ = true;  // guarded by mutex_
};

}  // namespace

TEST_CASE(
    "given brokers that take their time, when all groups overlap, then the next one is decided meanwhile") {
  Partition run;
  add_work(run);
  run.step();
  MemoryStore store;
  HangingSink sink;
  const auto processor =
      processor::Processor::open({run.journal, store, sink, run.envelope}, partition).value();
  processor::Pipeline pipeline(*processor, processor::Overlap::all_groups);
  REQUIRE(pipeline.step(1).value() == 1);  // a group of one small record
  CHECK(processor->status().next_ordinal == Ordinal{0});
  const std::uint64_t decided = sink.staged;
  std::thread waits([&] { CHECK(pipeline.step(1).value() == 1); });
  while (sink.staged == decided) std::this_thread::yield();
  CHECK(processor->status().next_ordinal == Ordinal{0});
  sink.answer();
  waits.join();
  for (std::size_t stepped = 1; stepped > 0;) stepped = pipeline.step().value();
  REQUIRE(pipeline.settle().has_value());
  REQUIRE(pipeline.drain().has_value());
  CHECK(processor->status().next_ordinal == run.journal.head());
  CHECK(processor::state_digest(store).value().hash == run.digest());
}

TEST_CASE("given a commit that waits for brokers, when no record is left, then nobody waits for it") {
  Partition run;
  MemoryStore store;
  HangingSink sink;
  const auto processor =
      processor::Processor::open({run.journal, store, sink, run.envelope}, partition).value();
  processor::Pipeline pipeline(*processor, processor::Overlap::all_groups);
  REQUIRE(pipeline.step().value() == run.journal.head().value);
  CHECK(pipeline.step().value() == 0);
  CHECK(processor->status().next_ordinal == Ordinal{0});
  sink.answer();
  CHECK(pipeline.drain().has_value());
  CHECK(processor->status().next_ordinal == run.journal.head());
}

TEST_CASE(
    "given a journal of large and small groups, when stages overlap, then events and state are the same") {
  Partition run;
  add_work(run);
  run.step();
  std::size_t bytes_max = 0;
  SUBCASE("in groups of one record") { bytes_max = 1; }
  SUBCASE("in groups of some records") { bytes_max = 600'000; }
  SUBCASE("in the groups of the engine") { bytes_max = processor::step_bytes_max; }
  auto overlap = processor::Overlap::large_groups;
  SUBCASE("the large ones") {}
  SUBCASE("all of them") { overlap = processor::Overlap::all_groups; }
  SlowStore store;
  MemoryEventLog events;
  const auto processor =
      processor::Processor::open({run.journal, store, events, run.envelope}, partition).value();
  processor::Pipeline pipeline(*processor, overlap);
  std::size_t records = 0;
  for (std::size_t stepped = 1; stepped > 0; records += stepped) stepped = pipeline.step(bytes_max).value();
  REQUIRE(pipeline.settle().has_value());
  REQUIRE(pipeline.drain().has_value());
  CHECK(records == run.journal.head().value);
  CHECK(processor->status().next_ordinal == run.journal.head());
  CHECK(processor::state_digest(store.rows).value().hash == run.digest());
  CHECK(events.next() == run.events.next());
  CHECK(events.read({events.next().value - 1}, 0).value().front()->hash ==
        run.events.read({events.next().value - 1}, 0).value().front()->hash);
}

TEST_CASE(
    "given rows that memory has just dropped and that are on their way to the store, when the next group "
    "needs "
    "them, then it waits") {
  Partition run;
  run.open_book_with_robot();
  constexpr std::size_t in_record = 50, records = ledger::metadata_rows_max / in_record + 2;
  std::vector<Account> accounts;
  for (u128 id = 1; id <= in_record * records; ++id) accounts.push_back(account(id));
  run.appender.append({{by_client(), CreateAccounts{accounts}}});
  for (std::size_t first = 0; first < in_record * records; first += in_record) {
    Bulk bulk;
    for (std::size_t id = first; id <= first + in_record; ++id)  // from the last one of the record before
      if (id > 0)
        bulk.items.push_back(SetMetadata{{TargetKind::account, id}, {{"record", std::to_string(first)}}});
    run.appender.append({{by_client(), bulk}});
  }
  run.step();
  SlowStore store;
  MemoryEventLog events;
  const auto processor =
      processor::Processor::open({run.journal, store, events, run.envelope}, partition).value();
  processor::Pipeline pipeline(*processor, processor::Overlap::all_groups);
  for (std::size_t stepped = 1; stepped > 0;) stepped = pipeline.step(1).value();
  REQUIRE(pipeline.drain().has_value());
  CHECK(processor::state_digest(store.rows).value().hash == run.digest());
}

TEST_CASE(
    "given a write that fails behind the decisions, then no event of it is seen and a later call tells") {
  Partition run;
  add_work(run);
  SlowStore store;
  store.left = 5;
  MemoryEventLog events;
  const auto processor =
      processor::Processor::open({run.journal, store, events, run.envelope}, partition).value();
  Result<std::size_t> stepped = std::size_t{1};
  {
    processor::Pipeline pipeline(*processor);
    while (stepped && *stepped > 0) stepped = pipeline.step(1);
    CHECK_FALSE(pipeline.drain().has_value());
  }
  REQUIRE_FALSE(stepped.has_value());
  CHECK(stepped.error().message == "the disk is gone");
  CHECK(events.next() == processor->status().next_sequence);
  CHECK(processor->status().next_ordinal.value == 5);
}

TEST_CASE(
    "given a crash after any write, when state may follow its events, then a new engine ends with the same "
    "state and events") {
  Partition run;
  add_work(run);
  run.step();
  std::size_t behind = 0, crashes = 0;
  for (int left = 1;; ++left) {
    CAPTURE(left);
    SlowStore store;
    store.left = left;
    const auto work = [&] {
      const auto log = StoreEventLog::open(store, run.envelope).value();
      const auto processor =
          processor::Processor::open({run.journal, store, *log, run.envelope}, partition).value();
      if (processor->status().next_sequence < log->next()) ++behind;
      processor::Pipeline pipeline(*processor);
      Result<std::size_t> stepped = std::size_t{1};
      while (stepped && *stepped > 0) stepped = pipeline.step(100'000);
      return pipeline.drain().has_value();
    };
    const bool whole = work();
    store.left.reset();
    if (!whole) {
      ++crashes;
      CHECK(work());
    }
    CHECK(processor::state_digest(store.rows).value().hash == run.digest());
    const auto log = StoreEventLog::open(store, run.envelope).value();
    CHECK(log->next() == run.events.next());
    CHECK(log->last_hash() == run.events.read({run.events.next().value - 1}, 0).value().front()->hash);
    if (whole) break;
  }
  CHECK(crashes > 5);
  CHECK(behind > 0);
}

TEST_CASE("given a record that cannot be decided among those read ahead, then all before it is committed") {
  Partition run;
  add_work(run);
  const Ordinal bad = run.journal.head();
  run.appender.header().counter += 1;
  run.appender.append({{{}, Tick{}}});
  MemoryStore store;
  MemoryEventLog events;
  const auto processor =
      processor::Processor::open({run.journal, store, events, run.envelope}, partition).value();
  processor::Pipeline pipeline(*processor);
  Result<std::size_t> stepped = std::size_t{1};
  while (stepped && *stepped > 0) stepped = pipeline.step();
  REQUIRE_FALSE(stepped.has_value());
  CHECK(stepped.error().code == Errc::corrupt);
  CHECK(pipeline.drain().has_value());
  CHECK(processor->status().next_ordinal == bad);
}

}  // namespace florin::testing
