// One seed: a machine, its process again and again, and clients, in one thread. Chance picks who acts next
// and what fails.
#pragma once

#include "tests/simulation/process.hpp"

namespace florin::simulation {

class World {
 public:
  World(std::uint64_t seed, Planted planted, bool tells);
  // Until all is answered and right, or damage was found. Throws Wrong.
  void run();
  const Hits& hits() const { return chance_.hits(); }

 private:
  struct Found {};  // damage was found, so nothing more can be asked of this world

  Plan plan(Planted planted);
  void live();
  void act();
  void act_on_disk();
  void settle();
  bool settled();

  // world.cpp
  void submit();
  void append_late();
  void step_engine(Engine& engine, std::size_t bytes_max);
  Result<void> decide(processor::Processor& engine, std::size_t bytes_max);
  void step_view(ReadModel& model);
  void tick();
  void pass_time();
  void restart_follower();
  void act_on_replicas();

  // world_end.cpp
  void boot();
  void die(Disk::Death how);
  void meet(const Error& error);  // it ended a call: is that right?
  void set_journal_back();
  void heal();
  void check_end();
  void check_views();

  Chance chance_;
  Machine machine_;
  Clients clients_;
  Auditor auditor_;
  std::unique_ptr<Process> process_;
  std::uint64_t life_ = 0;   // of the process
  std::vector<Bytes> late_;  // records of earlier epochs that may still arrive
  std::shared_ptr<const Disk::Image> old_image_;
  bool damaged_ = false;
  bool damages_ = false;  // will this world be damaged?
  bool healed_ = false;
  std::optional<Result<gateway::Outcome>> other_;  // planted
};

}  // namespace florin::simulation
