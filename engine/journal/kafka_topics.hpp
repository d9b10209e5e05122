// The topics that Florin keeps on Apache Kafka, and which settings keep their records. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/kafka/topics.hpp"

namespace florin {

inline constexpr std::string_view topic_prefix_default = "florin";

struct TopicOptions {
  std::string prefix{topic_prefix_default};
  std::int32_t partitions = 4;   // of journal and events; the keyring has one
  std::int32_t replication = 3;  // of 1, each batch is synced to the disk; else by replicas in sync
};

bool is_topic_prefix(std::string_view text);  // 1 to 200 letters, digits, dots, hyphens and underscores
std::string journal_topic(std::string_view prefix);
std::string events_topic(std::string_view prefix);
std::string keyring_topic(std::string_view prefix);
std::string processes_topic(std::string_view prefix);  // what processes say of themselves, for a day

// What to make. Errors: invalid_argument (a count or a prefix that no topic can have).
Result<std::vector<kafka::Topic>> florin_topics(const TopicOptions& options);

// Whether a topic that is there keeps what the wanted one would. What is stricter passes, such as more
// replicas. Errors: invalid_argument names the first setting that would lose or refuse records, what it is
// and what it must be.
Result<void> check_topic(const kafka::Topic& wanted, const kafka::Topic& found);

}  // namespace florin
