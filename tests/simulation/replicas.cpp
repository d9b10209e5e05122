#include "tests/simulation/replicas.hpp"

#include <algorithm>

namespace florin::simulation {

Result<void> Replicas::start(const Journal& journal) {
  journal_ = &journal;
  for (std::size_t i = 0; i < replicas; ++i) FLORIN_TRY(open(i));
  return {};
}

Result<void> Replicas::open(std::size_t index) {
  One one;
  one.sink = std::make_unique<TopicSink>(brokered_.topic, static_cast<std::uint32_t>(index));
  FLORIN_TRY_ASSIGN(
      auto processor,
      processor::Processor::open({*journal_, brokered_.stores.at(index), *one.sink, envelope_}, partition_));
  one.replica = std::make_unique<processor::Replica>(
      std::move(processor), *journal_, brokered_.topic, brokered_.topic,
      processor::ReplicaOptions{.rank = static_cast<std::uint32_t>(index),
                                .take_over_step = std::chrono::milliseconds(20)});
  all_.at(index) = std::move(one);
  return {};
}

Result<void> Replicas::step(std::size_t index, processor::SteadyTime now) {
  using Role = processor::Replica::Role;
  processor::Replica& replica = *all_.at(index).replica;
  const Role before = replica.role();
  FLORIN_TRY(replica.step(now));
  if (before == Role::standby && replica.role() == Role::publisher) chance_.met(Fault::took_over);
  if (before == Role::publisher && replica.role() == Role::standby) chance_.met(Fault::yielded);
  return {};
}

Result<void> Replicas::restart(std::size_t index) {
  chance_.met(Fault::replica_killed);
  all_.at(index) = {};
  brokered_.stores.at(index).crash();
  return open(index);
}

bool Replicas::caught_up() const {
  return std::all_of(all_.begin(), all_.end(), [](const One& one) { return one.replica->caught_up(); });
}

}  // namespace florin::simulation
