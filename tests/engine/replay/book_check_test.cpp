// The check of a live book: sound rows pass, and each kind of damage is found and named, while the engine
// goes on.
#include "engine/journal/store_event_log.hpp"
#include "engine/ledger/rows.hpp"
#include "engine/replay/replay_check.hpp"
#include "tests/support/partition_rig.hpp"

namespace florin::testing {
namespace {

using Sentences = std::vector<std::string>;

Result<void> go_on(std::uint64_t) { return {}; }

// A partition whose events are rows of the engine's store, as the embedded mode has them.
struct Live {
  Partition run;
  MemoryStore store;
  std::unique_ptr<StoreEventLog> events;
  std::unique_ptr<processor::Processor> processor;

  Live() {
    run.open_book_with_robot();
    run.run({{by_client(), CreateAccounts{{account(1), account(2)}}}});
    events = StoreEventLog::open(store, run.envelope).value();
    processor = processor::Processor::open({run.journal, store, *events, run.envelope}, partition).value();
    for (u128 id = 1; id <= 10; ++id) transfer_of(id);
    Transfer hold = transfer(50, 1, 2, 7);
    hold.flags = transfer_flags::pending;
    hold.timeout = 60;
    run.run({{by_client(), CreateTransfers{{hold, transfer(51, 1, 3, 1)}}}});  // the second burns its id
    catch_up();
  }
  void transfer_of(u128 id) { run.run({{by_client(), CreateTransfers{{transfer(id, 1, 2, id)}}}}); }
  void catch_up() {
    while (processor->step().value() > 0) {
    }
  }

  // Damage: straight into the store, behind the engine's back.
  void put(Bytes key, Bytes value) {
    StoreBatch batch;
    batch.put(std::move(key), std::move(value));
    REQUIRE(store.write(batch).has_value());
  }
  void erase(Bytes key) {
    StoreBatch batch;
    batch.erase(std::move(key));
    REQUIRE(store.write(batch).has_value());
  }
  Bytes get(const Bytes& key) const {
    const auto value = store.get(key).value();
    REQUIRE(value);
    return *value;
  }
  static Bytes account_key(u128 id) { return processor::state_key(ledger::account_key({book, {id}})); }
  Account account_row(u128 id) const { return *ledger::decode_account({book, {id}}, get(account_key(id))); }
  Bytes transfer_key(u128 id) const {
    const InBook<TransferId> name{book, {id}};
    const auto row =
        ledger::decode_transfer_id(name, get(processor::state_key(ledger::transfer_id_key(name))));
    return processor::state_key(ledger::transfer_key({book, row->transfer}));
  }

  replay::StateReport state(std::size_t tracked_max = ledger::pending_tracked_max) const {
    return replay::check_state(*store.snapshot().value(), go_on, tracked_max).value();
  }
  replay::ReplayReport replayed(const StoreReader& snapshot) const {
    MemoryStore scratch;
    const auto digest = processor::state_digest(snapshot).value();
    return replay::check_replay({snapshot, run.journal, run.envelope, partition}, digest, scratch, go_on)
        .value();
  }
  replay::ReplayReport replayed() const { return replayed(*store.snapshot().value()); }
};

bool sound(const replay::StateReport& report) {
  return report.rows.empty() && report.sums.empty() && report.pending.empty() && report.limits.empty() &&
         report.ids.empty();
}

bool says(const Findings& findings, std::string_view text) {
  for (const std::string& sentence : findings.kept())
    if (sentence.find(text) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("given a sound book, when it is checked, then nothing is found and the replay has its digest") {
  Live live;
  const auto state = live.state();
  CHECK(sound(state));
  CHECK(state.digest.hash == live.run.digest());
  const auto replayed = live.replayed();
  CHECK(replayed.broken_events.empty());
  CHECK(replayed.broken_state.empty());
  CHECK(replayed.digest.hash == state.digest.hash);
  CHECK(replayed.records == live.run.journal.head().value);
  CHECK(replayed.events == live.run.journal.head().value);
}

TEST_CASE("given a snapshot, when the engine goes on, then the check is of the snapshot's position") {
  Live live;
  const auto snapshot = live.store.snapshot().value();
  const auto state = replay::check_state(*snapshot, go_on).value();
  for (u128 id = 100; id < 120; ++id) live.transfer_of(id);
  live.catch_up();
  const auto replayed = live.replayed(*snapshot);
  CHECK(replayed.broken_events.empty());
  CHECK(replayed.broken_state.empty());
  CHECK(replayed.digest.hash == state.digest.hash);
  CHECK(replayed.records < live.run.journal.head().value);
  CHECK(live.replayed().records == live.run.journal.head().value);
}

TEST_CASE("given a balance that was changed in the store, then sums and state name it") {
  Live live;
  Account changed = live.account_row(1);
  changed.balances.debits_posted.value += 1;
  live.put(Live::account_key(1), ledger::encode_row(ledger::AccountRow(changed)));
  CHECK(live.state().sums.kept() ==
        Sentences{"book 1, ledger 700: the sums of posted debits and credits differ"});
  const auto replayed = live.replayed();
  CHECK(replayed.broken_events.empty());
  CHECK(replayed.broken_state.count() == 2);
  CHECK(says(replayed.broken_state, "the state's digest is "));
  CHECK(says(replayed.broken_state, "book 1, account 1: its row is not what the journal gives"));
}

TEST_CASE("given money that moved in the store so that all sums agree, then the replay still names it") {
  Live live;
  for (const u128 id : {1, 2}) {
    Account changed = live.account_row(id);
    changed.balances.debits_posted.value += 5;
    changed.balances.credits_posted.value += 5;
    live.put(Live::account_key(id), ledger::encode_row(ledger::AccountRow(changed)));
  }
  CHECK(sound(live.state()));
  CHECK(says(live.replayed().broken_state, "account 1"));
  CHECK(says(live.replayed().broken_state, "account 2"));
}

TEST_CASE("given a transfer that was removed or added in the store, then its id and its row are named") {
  Live live;
  const Bytes key = live.transfer_key(3), value = live.get(key);
  live.erase(key);
  CHECK(says(live.state().ids, "book 1, transfer 3: its id names the timestamp"));
  CHECK(says(live.replayed().broken_state, "the row that the journal gives is missing"));
  live.put(key, value);
  REQUIRE(sound(live.state()));
  live.put(processor::state_key(ledger::transfer_key({book, {5}})), value);
  CHECK(says(live.state().ids, "book 1, transfer 3: its row of timestamp 5 is not the one"));
  CHECK(says(live.replayed().broken_state, "transfer of timestamp 5: the journal gives no such row"));
}

TEST_CASE("given a hold whose place in the queue is gone, then it is named, however little memory there is") {
  Live live;
  Bytes place;
  REQUIRE(live.store
              .scan(processor::state_key(Bytes{'E'}), processor::state_key(Bytes{'F'}), ScanOrder::ascending,
                    [&](ByteView key, ByteView) {
                      place.assign(key.begin(), key.end());
                      return true;
                    })
              .has_value());
  live.erase(place);
  const auto state = live.state();
  CHECK(says(state.pending, "it has a timeout, but is not queued to expire"));
  CHECK(live.state(1).pending.kept() == state.pending.kept());
}

TEST_CASE("given a row that does not follow its grammar, then it is told and the check goes on") {
  Live live;
  live.put(Live::account_key(2), Bytes{1, 2, 3});
  live.put(processor::state_key(Bytes{'c', 1}), Bytes{});
  const auto state = live.state();
  CHECK(state.rows.count() == 2);
  CHECK(says(state.rows, "does not follow its grammar"));
  CHECK_FALSE(state.sums.empty());
}

TEST_CASE("given published events that were changed, removed or added, then their sequence is named") {
  Live live;
  const Bytes key = event_row_key({3}), value = live.get(key);
  Bytes changed = value;
  changed.back() ^= 1;
  live.put(key, changed);
  CHECK(live.replayed().broken_events.kept() ==
        Sentences{"sequence 3 on (journal record 2): the events are not those that the journal gives"});
  CHECK(live.replayed().broken_state.empty());
  live.erase(key);
  CHECK(live.replayed().broken_events.kept() ==
        Sentences{"sequence 3 on (journal record 2): the events that the journal gives are missing"});
  live.put(key, value);
  live.put(event_row_key({4}), value);
  live.put(event_row_key({1000}), value);
  CHECK(live.replayed().broken_events.count() == 2);
  CHECK(says(live.replayed().broken_events, "the journal gives no such events"));
}

TEST_CASE(
    "given events whose state has not followed yet, then they are compared as far as the journal gives "
    "them") {
  Live live;
  live.transfer_of(11);
  const auto records = live.processor->take(live.processor->next_ordinal(), 1).value();
  const auto decided = live.processor->decide(records, processor::StateWrite::later).value();
  REQUIRE(live.processor->commit(decided).has_value());
  const auto sound = live.replayed();
  CHECK(sound.digest.next_ordinal.value + 1 == live.run.journal.head().value);
  CHECK(sound.broken_events.empty());
  CHECK(sound.broken_state.empty());

  const Sequence ahead = sound.digest.next_sequence;
  Bytes changed = live.get(event_row_key(ahead));
  changed.back() ^= 1;
  live.put(event_row_key(ahead), changed);
  live.put(event_row_key({ahead.value + 1'000}), changed);
  const Findings found = live.replayed().broken_events;
  CHECK(found.count() == 2);
  CHECK(says(found, "the events are not those that the journal gives"));
  CHECK(says(found, "the journal gives no such events"));
}

TEST_CASE("given a journal that lost its end, then the state says that it knows more") {
  Live live;
  MemoryJournal shorter(live.run.clock);
  const auto first = live.run.journal.read({0}, 0).value();
  REQUIRE(shorter.append(std::span(&first.front().sealed, 1)).has_value());
  MemoryStore scratch;
  const auto snapshot = live.store.snapshot().value();
  const auto digest = processor::state_digest(*snapshot).value();
  const auto report =
      replay::check_replay({*snapshot, shorter, live.run.envelope, partition}, digest, scratch, go_on)
          .value();
  CHECK(says(report.broken_state, "the journal has 1 records, but the state knows"));
}

TEST_CASE("given a check that is cancelled, then it ends with that error") {
  Live live;
  const auto cancelled = [](std::uint64_t) -> Result<void> { return fail(Errc::stopped, "cancelled"); };
  MemoryStore scratch;
  const auto snapshot = live.store.snapshot().value();
  const auto digest = processor::state_digest(*snapshot).value();
  const auto report = replay::check_replay({*snapshot, live.run.journal, live.run.envelope, partition},
                                           digest, scratch, cancelled);
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().code == Errc::stopped);
}

}  // namespace florin::testing
