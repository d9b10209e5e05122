// Two rulesets in one journal: each part is decided by its own, live and in every replay.
#include "tests/support/partition_rig.hpp"

namespace florin::testing {
namespace {

std::vector<EventBatchPtr> all_of(const EventSource& events) {
  return events.read({1}, ~std::size_t{0}).value();
}

// The second one splits events into small records and releases one hold a record.
constexpr processor::Ruleset two_rulesets[] = {{1, 4096, event_payload_bytes_max}, {2, 1, 400}};

constexpr std::uint32_t holds = 3;

// Holds that are due, then a batch of accounts, then a tick.
void add_work(Partition& run, u128 first_id) {
  std::vector<Transfer> pending;
  for (u128 id = first_id; id < first_id + holds; ++id) {
    pending.push_back(transfer(id, 1, 2, 50));
    pending.back().flags = transfer_flags::pending;
    pending.back().timeout = 1;
  }
  run.appender.append({{by_client(), CreateTransfers{pending}}});
  run.clock.advance_ns(3'000'000'000);
  std::vector<Account> accounts;
  for (u128 id = 1; id <= 20; ++id) accounts.push_back(account(1000 * first_id + id));
  run.appender.append({{by_client(), CreateAccounts{accounts}}});
  run.appender.append({{{}, Tick{}}});
}

struct Seen {
  std::size_t records = 0;                 // of events
  std::vector<std::size_t> expiries = {};  // of each record of the journal
  Hash256 digest{};
};

struct Engine {
  MemoryStore store{};
  MemoryEventLog events{};
  std::unique_ptr<processor::Processor> processor{};

  void open(const Partition& run, processor::Rulesets rulesets) {
    processor =
        processor::Processor::open({run.journal, store, events, run.envelope, {}, rulesets}, partition)
            .value();
  }
  Seen seen() const {
    Seen out;
    const auto batches = all_of(events);
    out.records = batches.size();
    for (const EventBatchPtr& batch : batches) {
      out.expiries.resize(batch->header.ordinal.value + 1);
      for (const Event& event : batch->events)
        out.expiries.back() += std::holds_alternative<TransferExpired>(event.body) ? 1 : 0;
    }
    out.digest = processor::state_digest(store).value().hash;
    return out;
  }
};

// Accounts, work under the first ruleset, the activation of the second, the same work again.
struct Story {
  Story() {
    run.open_book_with_robot();
    run.appender.append({{by_client(), CreateAccounts{{account(1), account(2)}}}});
    add_work(run, 10);
    activation = run.appender.append({{{}, ActivateRuleset{2}}});
    add_work(run, 20);
  }
  Partition run{};
  Ordinal activation{};
};

}  // namespace

TEST_CASE("given a journal with two rulesets, when it is decided, then each part follows its own") {
  const Story story;
  Engine engine;
  engine.open(story.run, two_rulesets);
  while (engine.processor->step().value() > 0) {
  }
  const Seen seen = engine.seen();
  const std::uint64_t at = story.activation.value;
  CHECK(seen.expiries[at - 2] == holds);  // with the accounts, all at once
  CHECK(seen.expiries[at + 2] == 1);      // one with the accounts, one with the tick
  CHECK(seen.expiries[at + 3] == 1);
  std::size_t before = 0, behind = 0;
  for (const EventBatchPtr& batch : all_of(engine.events)) {
    if (batch->header.ordinal.value == at - 2) ++before;
    if (batch->header.ordinal.value == at + 2) ++behind;
  }
  CHECK(before == 1);
  CHECK(behind > 1);
  const auto activated = all_of(engine.events);
  CHECK(std::any_of(activated.begin(), activated.end(), [&](const EventBatchPtr& batch) {
    return batch->header.ordinal == story.activation &&
           batch->events[0].body == EventBody(RulesetActivated{2});
  }));
}

TEST_CASE(
    "given two rulesets, when the journal is decided with restarts or in one go, then nothing differs") {
  const Story story;
  Engine whole, parts;
  whole.open(story.run, two_rulesets);
  while (whole.processor->step().value() > 0) {
  }
  do parts.open(story.run, two_rulesets);
  while (parts.processor->step(0).value() > 0);
  CHECK(parts.seen().digest == whole.seen().digest);
  CHECK(parts.seen().records == whole.seen().records);
  CHECK(parts.seen().expiries == whole.seen().expiries);
}

TEST_CASE(
    "given a ruleset that the engine does not know, then it decides and publishes what stands before, stops "
    "there and says what to do; a newer engine goes on from there") {
  const Story story;
  Engine engine;
  engine.open(story.run, processor::rulesets);
  CHECK(engine.processor->step().value() > 0);
  CHECK(engine.processor->status().next_ordinal == story.activation);
  const auto stopped = engine.processor->step();
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().code == Errc::ruleset_unknown);
  CHECK(stopped.error().message.find("record " + to_string(story.activation) + " activates ruleset 2") !=
        std::string::npos);
  CHECK(stopped.error().message.find("start a newer release") != std::string::npos);

  engine.open(story.run, two_rulesets);
  while (engine.processor->step().value() > 0) {
  }
  Engine fresh;
  fresh.open(story.run, two_rulesets);
  while (fresh.processor->step().value() > 0) {
  }
  CHECK(engine.seen().digest == fresh.seen().digest);

  const auto older = processor::Processor::open(
      {story.run.journal, engine.store, engine.events, story.run.envelope, {}, processor::rulesets},
      partition);
  REQUIRE_FALSE(older.has_value());
  CHECK(older.error().code == Errc::ruleset_unknown);
}

TEST_CASE("given an activation of the ruleset in force or an older one, then nothing changes") {
  Partition run;
  run.appender.append({{{}, ActivateRuleset{1}}});
  const Sequence from = run.events.next();
  run.step();
  CHECK(run.since(from).at(0).body == EventBody(RulesetActivated{1}));
}

}  // namespace florin::testing
