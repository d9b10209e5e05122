// What commands do with each partition on Kafka.
#pragma once

#include "deploy/florin/json_reports.hpp"
#include "deploy/florin/kafka_partition.hpp"

namespace florin {

// What is said of each partition of the setting `partitions`, or of all.
template <class Ask>
Result<std::string> of_each_partition(const Settings& settings, Ask ask) {
  FLORIN_TRY_ASSIGN(const std::uint32_t count, count_partitions(settings));
  std::vector<std::uint32_t> partitions = settings.partitions;
  for (std::uint32_t id = 0; settings.partitions.empty() && id < count; ++id) partitions.push_back(id);
  auto all = nlohmann::ordered_json::array();
  for (const std::uint32_t id : partitions) {
    if (id >= count)
      return fail(Errc::invalid_argument, "there is no partition " + std::to_string(id) +
                                              "; the topics have " + std::to_string(count));
    FLORIN_TRY_ASSIGN(auto json, ask(PartitionId{id}));
    all.push_back(std::move(json));
  }
  return dump_partitions(all);
}

}  // namespace florin
