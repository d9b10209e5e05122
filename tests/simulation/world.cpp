#include "tests/simulation/world.hpp"

namespace florin::simulation {

namespace {

constexpr std::size_t steps_most = 400;

}  // namespace

World::World(std::uint64_t seed, Planted planted, bool tells)
    : chance_(seed, tells),
      machine_(chance_, plan(planted)),
      clients_(chance_, chance_.below(~std::uint64_t{0}), 10 + chance_.below(30)),
      auditor_(chance_, machine_.truth, machine_.envelope,
               planted == Planted::broken_chains_stay ? property::Fault::broken_chains_stay
                                                      : property::Fault::none) {
  // A world where everything fails at once shows less than many where a few things do.
  const auto rate = [&](std::uint64_t usual) { return chance_.one_in(3) ? usual : 0; };
  machine_.disk.rates = {rate(150), rate(60), rate(60), rate(10)};
  for (FaultyStore* store : machine_.stores()) store->refuses = rate(60);
  damages_ = chance_.one_in(3);
}

Plan World::plan(Planted planted) {
  Plan out;
  out.segment_bytes = 2048 << chance_.below(5);
  out.journal_tail_bytes = chance_.one_in(2) ? 0 : 4096;
  out.event_tail_bytes = chance_.one_in(2) ? 0 : 8192;
  out.step_bytes = chance_.one_in(2) ? 0 : 1U << 16;
  out.doubles = chance_.one_in(2) ? 10 : 0;
  out.planted = planted;
  return out;
}

void World::run() {
  try {
    boot();
    live();
    settle();
    check_end();
  } catch (const Found&) {
    chance_.met(Fault::corruption_found);
  }
}

void World::live() {
  const std::size_t steps = 100 + chance_.below(steps_most);
  for (std::size_t i = 0; i < steps; ++i) {
    machine_.steady_ns += chance_.below(2'000'000);
    act();
    if (process_->failed || machine_.disk.dead()) die(Disk::Death::process);
  }
}

void World::act() {
  switch (chance_.below(22)) {
    case 0:
    case 1:
    case 2:
    case 3: return submit();
    case 4:
    case 5:
    case 6: process_->coordinator->append_once(); return;
    case 7:
    case 8: process_->coordinator->answer_once(machine_.steady()); return;
    case 9:
    case 10:
    case 11: return step_engine(process_->engine, machine_.plan.step_bytes);
    case 12: return step_engine(process_->follower, processor::step_bytes_max);
    case 13:
    case 14: return step_view(process_->views[chance_.below(read_models)]);
    case 15: return tick();
    case 16: return pass_time();
    case 17: return append_late();
    case 18:
      if (chance_.one_in(4)) return restart_follower();
      if (const auto flushed = machine_.stores()[chance_.below(machine_.stores().size())]->flush(); !flushed)
        meet(flushed.error());
      return;
    case 19:
    case 20: return act_on_replicas();
    default: return act_on_disk();
  }
}

void World::submit() {
  const auto index = clients_.pick();
  if (!index) return;
  Command command = clients_.sent(*index);
  if (machine_.plan.planted == Planted::forgets_keys) command.header.keyed.clear();
  const auto done = [this, at = *index, life = life_](Result<gateway::Outcome> outcome) {
    if (life != life_) wrong("a process that is dead has answered");
    if (machine_.plan.planted == Planted::answers_another) {
      if (other_ && outcome) std::swap(*other_, outcome);
      else other_ = outcome;
    }
    clients_.answered(at, outcome);
  };
  if (!process_->coordinator->submit(command, done, machine_.steady())) clients_.refused(*index);
}

// A record that was on its way for long arrives, when its appender has opened a newer epoch.
void World::append_late() {
  if (late_.empty() || !chance_.one_in(4)) return;
  const Bytes record = late_[chance_.below(late_.size())];
  chance_.met(Fault::record_late);
  if (const auto appended = process_->tap->append(std::span(&record, 1)); !appended) meet(appended.error());
}

// As a pipeline does it: while records wait, the state may follow their events later.
Result<void> World::decide(processor::Processor& engine, std::size_t bytes_max) {
  FLORIN_TRY_ASSIGN(const auto records, engine.take(engine.next_ordinal(), bytes_max));
  if (records.empty()) {
    if (const auto deferred = engine.deferred()) FLORIN_TRY(engine.commit(*deferred));
    return {};
  }
  const bool later = !healed_ && chance_.one_in(2);
  if (later) chance_.met(Fault::state_behind_events);
  FLORIN_TRY_ASSIGN(const auto decided, engine.decide(records, later ? processor::StateWrite::later
                                                                     : processor::StateWrite::at_once));
  return engine.commit(decided);
}

void World::step_engine(Engine& engine, std::size_t bytes_max) {
  const auto decided = decide(*engine.processor, bytes_max);
  if (!decided) return meet(decided.error());
  if (&engine != &process_->engine) return;
  if (const auto looked = auditor_.look(*engine.events); !looked) meet(looked.error());
}

void World::step_view(ReadModel& model) {
  if (const auto took = model.worker->step(); !took) meet(took.error());
}

void World::tick() {
  const auto status = process_->engine.processor->status();
  if (!status.next_due || *status.next_due > machine_.clock.now()) return;
  if (status.next_ordinal < process_->tap->head()) return;
  [[maybe_unused]] const auto taken = process_->coordinator->submit(
      {CommandHeader{}, Tick{}}, [](const Result<gateway::Outcome>&) {}, machine_.steady());
}

void World::pass_time() {
  const std::uint64_t now = machine_.clock.now().value;
  if (chance_.one_in(6)) machine_.steady_ns += 6'000'000'000;  // callers give up
  if (chance_.one_in(10)) {
    chance_.met(Fault::clock_jumped_ahead);
    machine_.clock.set({now + chance_.below(3'600'000'000'000)});
  } else if (chance_.one_in(10)) {
    chance_.met(Fault::clock_jumped_back);
    machine_.clock.set({now - std::min(now - property::usual_start, chance_.below(10'000'000'000))});
  } else {
    machine_.clock.set({now + chance_.below(chance_.one_in(2) ? 2'000'000'000 : 1'000)});
  }
}

void World::restart_follower() {
  chance_.met(Fault::follower_restarted);
  process_->follower = {};
  machine_.follower.crash();
  auto opened = Engine::open(machine_, machine_.follower, *process_->tap);
  if (!opened) return meet(opened.error());
  process_->follower = *std::move(opened);
}

// Time passes for them in steps of their own, so that ranks come due.
void World::act_on_replicas() {
  const std::size_t index = chance_.below(replicas);
  if (chance_.one_in(3)) machine_.steady_ns += chance_.below(60'000'000);
  const auto done = chance_.one_in(12) ? process_->replicas->restart(index)
                                       : process_->replicas->step(index, machine_.steady());
  if (!done) meet(done.error());
}

void World::act_on_disk() {
  Disk& disk = machine_.disk;
  switch (chance_.below(8)) {
    case 0: disk.full = !disk.full; return;
    case 1: return die(Disk::Death::process);
    case 2: return die(Disk::Death::power);
    case 3:
    case 4:
      disk.die_at(chance_.below(40), chance_.one_in(3) ? Disk::Death::process : Disk::Death::power);
      return;
    case 5:
      if (!old_image_ || chance_.one_in(3)) old_image_ = disk.image();
      return;
    default: break;
  }
  if (!damages_ || damaged_ || !chance_.one_in(3)) return;
  damaged_ = true;
  switch (chance_.below(4)) {
    case 0: return disk.lose_next();
    case 1: return disk.misdirect_next();
    case 2: return set_journal_back();
    default: damaged_ = disk.flip_a_bit();
  }
}

}  // namespace florin::simulation
