#include "tests/simulation/process.hpp"

#include <algorithm>

#include "engine/processor/genesis.hpp"
#include "projections/balances.hpp"
#include "projections/directory.hpp"
#include "projections/history.hpp"

namespace florin::simulation {
namespace {

Result<std::vector<JournalRecord>> all_records(const Journal& journal) {
  std::vector<JournalRecord> all;
  while (all.size() < journal.head().value) {
    FLORIN_TRY_ASSIGN(auto records, journal.read({all.size()}, 1U << 20));
    std::move(records.begin(), records.end(), std::back_inserter(all));
  }
  return all;
}

// Every record that was acknowledged is there with its bytes; behind them stands a whole group whose append
// was in doubt, or nothing.
Result<void> compare_journal(const Journal& journal, Machine& machine) {
  Truth& truth = machine.truth;
  FLORIN_TRY_ASSIGN(const auto records, all_records(journal));
  const std::size_t known = truth.acknowledged.size();
  for (std::size_t i = 0; i < std::min(known, records.size()); ++i)
    if (truth.acknowledged[i] != records[i].sealed || truth.stamps[i] != records[i].stamp)
      wrong("record " + std::to_string(i) + " is another than the one that was acknowledged");
  if (records.size() <= known) {
    // A second genesis is nobody's record.
    if (known > 0) truth.absent.insert(truth.absent.end(), truth.in_doubt.begin(), truth.in_doubt.end());
    truth.in_doubt.clear();
    return {};
  }
  const auto beyond = std::span(records).subspan(known);
  const bool whole = std::equal(beyond.begin(), beyond.end(), truth.in_doubt.begin(), truth.in_doubt.end(),
                                [](const JournalRecord& a, const Bytes& b) { return a.sealed == b; });
  if (!whole)
    wrong("the journal has " + std::to_string(beyond.size()) + " records from " + std::to_string(known) +
          " on, and " + std::to_string(truth.in_doubt.size()) + " others were in doubt");
  machine.chance.met(Fault::append_found_again, std::to_string(known));
  for (const JournalRecord& record : beyond) {
    truth.acknowledged.push_back(record.sealed);
    truth.stamps.push_back(record.stamp);
  }
  truth.in_doubt.clear();
  return {};
}

}  // namespace

Machine::Machine(Chance& dice, const Plan& decided) : chance(dice), plan(decided) {
  for (std::size_t i = 0; i < read_models; ++i) views.push_back(std::make_unique<FaultyStore>(chance));
  if (!keyring.add(KeyPurpose::data, {1}, SecretKey(Bytes(32, 1)))) wrong("no key");
  disk.syncs_nothing = plan.planted == Planted::syncs_nothing;
  engine.loses_a_middle_write = plan.planted == Planted::loses_a_middle_write;
  views.front()->forgets_a_row = plan.planted == Planted::forgets_a_row;
}

std::vector<FaultyStore*> Machine::stores() {
  std::vector<FaultyStore*> all{&engine, &follower};
  for (FaultyStore& store : brokered.stores) all.push_back(&store);
  for (const auto& view : views) all.push_back(view.get());
  return all;
}

std::unique_ptr<projections::View> make_view(std::size_t index) {
  if (index == 0) return std::make_unique<projections::BalancesView>();
  if (index == 1) return std::make_unique<projections::HistoryView>();
  return std::make_unique<projections::DirectoryView>();
}

Result<Engine> Engine::open(Machine& machine, Store& store, const Journal& journal) {
  Engine engine;
  FLORIN_TRY_ASSIGN(engine.events, StoreEventLog::open(store, machine.envelope,
                                                       {.tail_bytes_max = machine.plan.event_tail_bytes}));
  FLORIN_TRY_ASSIGN(engine.processor, processor::Processor::open(
                                          {journal, store, *engine.events, machine.envelope}, partition));
  return engine;
}

Result<ReadModel> open_read_model(std::size_t index, Store& store, const EventSource& source) {
  ReadModel model;
  model.view = make_view(index);
  FLORIN_TRY_ASSIGN(const auto stored, store.get(projections::position_key()));
  projections::PositionRow row;
  if (stored) {
    FLORIN_TRY_ASSIGN(row, projections::decode_position(*stored));
  }
  model.worker = std::make_unique<projections::Worker>(*model.view, store, source, row.tail, [](Sequence) {});
  return model;
}

Result<std::unique_ptr<Process>> Process::start(Machine& machine) {
  auto process = std::make_unique<Process>();
  Process& own = *process;
  FLORIN_TRY_ASSIGN(own.journal, SegmentJournal::open({"/journal", machine.disk}, partition, machine.clock,
                                                      {.segment_bytes = machine.plan.segment_bytes,
                                                       .tail_bytes_max = machine.plan.journal_tail_bytes}));
  FLORIN_TRY(compare_journal(*own.journal, machine));
  own.tap = std::make_unique<Tap>(
      *own.journal, machine.truth, machine.chance, machine.clock,
      Tap::Options{machine.plan.doubles, machine.plan.planted == Planted::appends_late});
  const bool cut = own.journal->head().value < machine.truth.acknowledged.size();
  if (!cut) FLORIN_TRY(processor::write_genesis(*own.tap, machine.keyring, machine.envelope, partition));
  FLORIN_TRY_ASSIGN(own.engine, Engine::open(machine, machine.engine, *own.tap));
  if (cut) wrong("the journal lost acknowledged records, and the engine takes it");
  FLORIN_TRY_ASSIGN(own.follower, Engine::open(machine, machine.follower, *own.tap));
  own.replicas = std::make_unique<Replicas>(machine.chance, machine.brokered, machine.envelope, partition);
  FLORIN_TRY(own.replicas->start(*own.tap));
  for (std::size_t i = 0; i < read_models; ++i) {
    FLORIN_TRY_ASSIGN(ReadModel model, open_read_model(i, *machine.views[i], *own.engine.events));
    if (model.worker->position() >= own.engine.events->next()) machine.chance.met(Fault::read_model_ahead);
    own.views.push_back(std::move(model));
  }
  gateway::GroupOptions options;
  options.partition = partition;
  options.key = {1};
  options.on_failure = [raw = process.get()](const Error&) { raw->failed = true; };
  FLORIN_TRY_ASSIGN(own.coordinator,
                    gateway::GroupCoordinator::open(
                        {*own.tap, *own.engine.events, machine.envelope, machine.clock}, options));
  return process;
}

}  // namespace florin::simulation
