// The real program on faulty adapters, as one process has it: journal, engine, event log, read models and the
// appender's coordinator, each driven step by step. A second engine follows the same journal with a store of
// its own.
#pragma once

#include "engine/clock/manual_clock.hpp"
#include "engine/journal/segment_journal.hpp"
#include "engine/journal/store_event_log.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "engine/processor/processor.hpp"
#include "gateway/appender/coordinator.hpp"
#include "projections/worker.hpp"
#include "tests/simulation/auditor.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/replicas.hpp"
#include "tests/simulation/store.hpp"

namespace florin::simulation {

inline constexpr PartitionId partition{0};
inline constexpr std::size_t read_models = 3;  // balances, history, directory

// What a world's seed has decided once.
struct Plan {
  std::uint64_t segment_bytes = 0;
  std::size_t journal_tail_bytes = 0, event_tail_bytes = 0;
  std::size_t step_bytes = 0;  // of the engine
  std::uint64_t doubles = 0;
  Planted planted = Planted::nothing;
};

// What outlives a process.
struct Machine {
  Machine(Chance& dice, const Plan& decided);

  Chance& chance;
  const Plan plan;
  Disk disk{chance};
  ManualClock clock{Timestamp{property::usual_start}};
  std::uint64_t steady_ns = 0;
  MemoryKeyring keyring;
  Envelope envelope{keyring};
  Truth truth;
  FaultyStore engine{chance}, follower{chance};
  Brokered brokered{chance};
  std::vector<std::unique_ptr<FaultyStore>> views;

  gateway::SteadyTime steady() const { return gateway::SteadyTime(std::chrono::nanoseconds(steady_ns)); }
  std::vector<FaultyStore*> stores();
};

std::unique_ptr<projections::View> make_view(std::size_t index);

struct Engine {
  std::unique_ptr<StoreEventLog> events;
  std::unique_ptr<processor::Processor> processor;

  static Result<Engine> open(Machine& machine, Store& store, const Journal& journal);
};

struct ReadModel {
  std::unique_ptr<projections::View> view;
  std::unique_ptr<projections::Worker> worker;
};
Result<ReadModel> open_read_model(std::size_t index, Store& store, const EventSource& source);

struct Process {
  std::unique_ptr<SegmentJournal> journal;
  std::unique_ptr<Tap> tap;
  Engine engine, follower;
  std::unique_ptr<Replicas> replicas;
  std::vector<ReadModel> views;
  std::unique_ptr<gateway::GroupCoordinator> coordinator;
  bool failed = false;  // the coordinator told it

  // As the program starts. A journal that lacks records which were acknowledged is handed to the engine all
  // the same, which must refuse it.
  static Result<std::unique_ptr<Process>> start(Machine& machine);
};

}  // namespace florin::simulation
