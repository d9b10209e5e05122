// How a world's processes end and begin again, and what must be true when all is over.
#include <iostream>

#include "engine/replay/replay.hpp"
#include "engine/replay/state_check.hpp"
#include "tests/simulation/world.hpp"

namespace florin::simulation {

namespace {

constexpr int starts_most = 100;
constexpr int rounds_most = 4000;

bool names_a_place(const Error& error) {
  for (const char* word : {"record", "segment", "head", "/journal", "sequence"})
    if (error.message.find(word) != std::string::npos) return true;
  return false;
}

void good(const Result<void>& done) {
  if (!done) wrong("in a reading of all events: " + done.error().message);
}

// The worker writes its position first.
Sequence position_of(const StoreBatch& write) {
  const RowChange& first = write.operations().front();
  if (!std::ranges::equal(first.key, projections::position_key()))
    wrong("a read model was written without its position");
  return projections::decode_position(*first.value)->tail.position;
}

using Rows = std::vector<std::pair<Bytes, Bytes>>;

Result<Rows> rows_of(const StoreReader& store) {
  Rows rows;
  FLORIN_TRY(store.scan({}, {}, ScanOrder::ascending, [&](ByteView key, ByteView value) {
    rows.emplace_back(Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end()));
    return true;
  }));
  return rows;
}

}  // namespace

void Chance::tell(std::string_view what, std::string_view about) const {
  if (tells_) std::cout << "  " << what << ' ' << about << '\n';
}

void World::meet(const Error& error) {
  chance_.tell("error", error.message);
  if (error.code == Errc::corrupt || error.code == Errc::format) {
    if (!damaged_) wrong("found damage where there is none: " + error.message);
    if (!names_a_place(error)) wrong("damage was found and its place is not told: " + error.message);
    throw Found{};
  }
  if (error.code == Errc::invalid_argument) wrong("refused: " + error.message);
  if (process_) process_->failed = true;
}

void World::boot() {
  for (int tries = 0; tries < starts_most; ++tries) {
    if (tries > starts_most / 2) machine_.disk.rates = {};
    auto started = Process::start(machine_);
    if (started) {
      process_ = *std::move(started);
      return;
    }
    meet(started.error());
    if (machine_.disk.dead()) chance_.met(Fault::died_while_starting, started.error().message);
    else if (started.error().code == Errc::disk_full) machine_.disk.full = false;
    machine_.disk.come_back();
    for (FaultyStore* store : machine_.stores()) store->crash();
  }
  wrong("the program does not start any more");
}

void World::die(Disk::Death how) {
  if (!machine_.disk.dead()) machine_.disk.die(how);
  ++life_;
  process_.reset();
  clients_.process_died();
  machine_.disk.come_back();
  if (chance_.one_in(8)) {
    chance_.met(Fault::engine_store_lost_alone);
    machine_.engine.crash();
    for (FaultyStore* store : machine_.stores())
      if (store->failed()) store->crash();
  } else {
    for (FaultyStore* store : machine_.stores()) store->crash();
  }
  if (chance_.one_in(4) && !healed_)
    machine_.disk.die_at(chance_.below(20), chance_.one_in(2) ? Disk::Death::process : Disk::Death::power);
  const auto& known = machine_.truth.acknowledged;
  if (known.size() > 3) late_.push_back(known[3 + chance_.below(known.size() - 3)]);
  boot();
  // Records of the appender that has just opened must not come late.
  for (Bytes& record : std::exchange(machine_.truth.absent, {})) late_.push_back(std::move(record));
}

// An older copy of the journal's folder is put back, as if from a backup: it is refused if anything that is
// durable knows more.
void World::set_journal_back() {
  damaged_ = false;
  if (!old_image_) return;
  machine_.disk.die(Disk::Death::process);
  for (FaultyStore* store : machine_.stores()) store->crash();
  const auto state = processor::state_digest(machine_.engine);
  Disk old(chance_);
  old.set_back(*old_image_);
  ManualClock clock{machine_.clock.now()};
  const auto journal = SegmentJournal::open({"/journal", old}, partition, clock, {});
  if (!state || !journal || (*journal)->head() >= state->next_ordinal) return;
  damaged_ = true;
  chance_.met(Fault::journal_set_back);
  machine_.disk.set_back(*old_image_);
}

void World::heal() {
  healed_ = true;
  machine_.disk.rates = {};
  machine_.disk.full = false;
  machine_.disk.live_on();
  for (FaultyStore* store : machine_.stores()) store->refuses = 0;
}

// All faults are over: everyone is answered, and all have read everything.
void World::settle() {
  heal();
  const Timestamp newest = machine_.truth.stamps.back();
  machine_.clock.set({std::max(machine_.clock.now(), newest).value + 20'000'000'000});
  for (int round = 0; round < rounds_most; ++round) {
    machine_.steady_ns += 1'000'000;
    machine_.clock.advance_ns(1'000);
    if (!clients_.all_answered()) submit();
    process_->coordinator->append_once();
    step_engine(process_->engine, machine_.plan.step_bytes);
    step_engine(process_->follower, machine_.plan.step_bytes);
    for (std::size_t i = 0; i < replicas; ++i)
      if (const auto stepped = process_->replicas->step(i, machine_.steady()); !stepped)
        meet(stepped.error());
    process_->coordinator->answer_once(machine_.steady());
    for (ReadModel& model : process_->views) step_view(model);
    if (process_->failed || machine_.disk.dead()) die(Disk::Death::process);
    else if (clients_.all_answered() && settled()) return;
  }
  wrong("not everyone was answered when all faults were over");
}

bool World::settled() {
  const Sequence next = process_->engine.events->next();
  bool all = process_->engine.processor->status().next_ordinal == process_->tap->head() &&
             process_->follower.events->next() == next && machine_.brokered.topic.next() == next &&
             process_->replicas->caught_up();
  for (const ReadModel& model : process_->views)
    all = all && model.worker->position().value + 1 == next.value;
  return all;
}

void World::check_end() {
  die(Disk::Death::power);
  settle();
  if (damaged_) {
    if (const auto whole = process_->journal->verify_all(); !whole) meet(whole.error());
  }
  if (const auto looked = auditor_.look(*process_->engine.events); !looked) return meet(looked.error());
  auditor_.compare_told(clients_.told(), *process_->engine.events);
  auditor_.compare_told({}, *process_->follower.events);
  auditor_.compare_told({}, machine_.brokered.topic);
  auditor_.compare_accounts(machine_.engine);
  const auto replayed =
      replay::run(*process_->tap, machine_.envelope, *process_->engine.events, partition, [](Ordinal) {});
  if (!replayed) meet(replayed.error());
  for (FaultyStore* store :
       {&machine_.engine, &machine_.follower, &machine_.brokered.stores[0], &machine_.brokered.stores[1]}) {
    const auto digest = processor::state_digest(*store);
    if (!digest || digest->hash != replayed->digest.hash) wrong("the state is another than the replay's");
    const auto state = replay::check_state(*store, [](std::uint64_t) { return Result<void>{}; });
    if (!state) wrong("the state cannot be checked: " + state.error().message);
    for (const Findings* findings :
         {&state->rows, &state->sums, &state->pending, &state->limits, &state->ids})
      if (findings->count() != 0) wrong("the state breaks an invariant");
  }
  check_views();
  if (damaged_) chance_.met(Fault::corruption_harmless);
}

// Each read model has exactly the rows that one reading of all events makes, whatever was lost and read again
// in between. What a batch holds stands together in rows, so it is read in the same batches.
void World::check_views() {
  const auto batches = process_->engine.events->read({1}, ~std::size_t{0});
  if (!batches) return meet(batches.error());
  for (std::size_t i = 0; i < read_models; ++i) {
    MemoryStore fresh;
    const auto view = make_view(i);
    auto next = batches->begin();
    for (const StoreBatch& write : machine_.views[i]->writes()) {
      const Sequence end = position_of(write);
      StoreBatch rows;
      rows.put(write.operations().front().key, *write.operations().front().value);
      for (; next != batches->end() && (*next)->header.first <= end; ++next)
        for (const Event& event : (*next)->events) good(view->apply(event, fresh));
      good(view->write(rows, fresh));
      good(fresh.write(rows));
    }
    const auto expected = rows_of(fresh), actual = rows_of(*machine_.views[i]);
    if (next != batches->end() || !expected || !actual || *expected != *actual)
      wrong("the read model '" + std::string(view->name()) + "' has other rows than its events make");
  }
}

}  // namespace florin::simulation
