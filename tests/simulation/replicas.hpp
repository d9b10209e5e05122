// Two engines on one journal that publish to one topic, beside the embedded one: a publisher and a standby,
// which die and take over as chance has it. The topic is a broker's and outlives them.
#pragma once

#include <array>

#include "engine/journal/memory_topic.hpp"
#include "engine/processor/replica.hpp"
#include "tests/simulation/store.hpp"

namespace florin::simulation {

inline constexpr std::size_t replicas = 2;  // of rank 0 and 1

// What outlives a process.
struct Brokered {
  explicit Brokered(Chance& chance) : stores{{FaultyStore(chance), FaultyStore(chance)}} {}
  MemoryTopic topic;
  std::array<FaultyStore, replicas> stores;
};

class Replicas {
 public:
  Replicas(Chance& chance, Brokered& brokered, const Envelope& envelope, PartitionId partition)
      : chance_(chance), brokered_(brokered), envelope_(envelope), partition_(partition) {}

  Result<void> start(const Journal& journal);  // all of them
  Result<void> step(std::size_t index, processor::SteadyTime now);
  Result<void> restart(std::size_t index);  // what its store had not made durable is lost
  bool caught_up() const;

 private:
  struct One {
    std::unique_ptr<TopicSink> sink;
    std::unique_ptr<processor::Replica> replica;
  };
  Result<void> open(std::size_t index);

  Chance& chance_;
  Brokered& brokered_;
  const Envelope& envelope_;
  const PartitionId partition_;
  const Journal* journal_ = nullptr;
  std::array<One, replicas> all_{};
};

}  // namespace florin::simulation
