// Several engines on one journal and one topic, each with a store of its own that loses unflushed writes when
// the engine dies. Time is the test's.
#pragma once

#include <random>

#include "engine/journal/memory_topic.hpp"
#include "engine/processor/replica.hpp"
#include "tests/support/forwarding_store.hpp"
#include "tests/support/partition_rig.hpp"

namespace florin::testing {

inline constexpr std::chrono::milliseconds take_over_step{100};

// Keeps the batches, so that a crash can take the newest of them away: the contract of the port.
class CrashingStore final : public test::ForwardingStore {
 public:
  CrashingStore() : CrashingStore(std::make_unique<MemoryStore>()) {}
  Result<void> write(const StoreBatch& batch) override {
    if (refuse_writes) return fail(Errc::io, "the test ends the engine before this write");
    batches_.push_back(batch);
    return rows_->write(batch);
  }

  void crash(std::size_t batches_lost) {
    batches_.resize(batches_.size() - std::min(batches_lost, batches_.size()));
    rows_ = std::make_unique<MemoryStore>();
    forward_to(*rows_);
    for (const StoreBatch& batch : batches_) REQUIRE(rows_->write(batch).has_value());
  }

  bool refuse_writes = false;

 private:
  explicit CrashingStore(std::unique_ptr<MemoryStore> rows)
      : ForwardingStore(*rows), rows_(std::move(rows)) {}

  std::unique_ptr<MemoryStore> rows_;
  std::vector<StoreBatch> batches_{};
};

// Publishes as many records of a group as it is allowed, then the engine is dead.
class DyingSink final : public EventSink {
 public:
  DyingSink(MemoryTopic& topic, std::uint32_t rank) : topic_(topic), rank_(rank) {}
  Result<void> stage(EventRecord record, StoreBatch&) override {
    staged_.add({std::move(record.batch), record.sealed.size()});
    return {};
  }
  void end_group() override { staged_.end_group(); }
  Result<void> publish() override {
    for (const StagedEvent& event : staged_.take()) {
      if (left && *left == 0) return fail(Errc::io, "the test ends the engine while it publishes");
      FLORIN_TRY(topic_.append(event, rank_));
      if (left) --*left;
    }
    return {};
  }
  void settled() override {}

  std::optional<std::size_t> left{};

 private:
  MemoryTopic& topic_;
  const std::uint32_t rank_;
  StagedEvents staged_;
};

struct ReplicaWorld {
  ReplicaWorld() { run.open_book_with_robot(); }

  void work(u128 first_account, std::size_t accounts = 3) {
    std::vector<Account> batch;
    for (u128 i = 0; i < accounts; ++i) batch.push_back(account(first_account + i));
    run.clock.advance_ns(1'000'000);
    run.appender.append({{by_client(), CreateAccounts{batch}}});
  }
  void pass(std::chrono::milliseconds time) { now += time; }

  Partition run{};  // its own engine is the replay that the others are compared with
  MemoryTopic topic{};
  processor::SteadyTime now{};
};

class Engine {
 public:
  Engine(ReplicaWorld& world, std::uint32_t rank,
         std::optional<std::chrono::milliseconds> reclaim_after = std::nullopt)
      : world_(world), rank_(rank), reclaim_after_(reclaim_after) {
    start();
  }

  void start() {
    sink = std::make_unique<DyingSink>(world_.topic, rank_);
    store.refuse_writes = false;
    auto processor =
        processor::Processor::open({world_.run.journal, store, *sink, world_.run.envelope}, partition);
    REQUIRE_MESSAGE(processor, (processor ? "" : processor.error().message));
    replica = std::make_unique<processor::Replica>(
        *std::move(processor), world_.run.journal, world_.topic, world_.topic,
        processor::ReplicaOptions{
            .rank = rank_, .take_over_step = take_over_step, .reclaim_after = reclaim_after_});
  }
  void kill(std::size_t batches_lost) {
    replica.reset();
    store.crash(batches_lost);
  }
  // Steps until there is nothing to do for now; an error ends the engine and is given.
  Result<std::size_t> run() {
    std::size_t all = 0;
    for (std::size_t records = 1; records > 0; all += records) {
      FLORIN_TRY_ASSIGN(records, replica->step(world_.now));
    }
    return all;
  }
  bool publishes() const { return replica->role() == processor::Replica::Role::publisher; }
  Hash256 digest() const { return processor::state_digest(store).value().hash; }

  CrashingStore store{};
  std::unique_ptr<DyingSink> sink{};
  std::unique_ptr<processor::Replica> replica{};

 private:
  ReplicaWorld& world_;
  const std::uint32_t rank_;
  const std::optional<std::chrono::milliseconds> reclaim_after_;
};

}  // namespace florin::testing
