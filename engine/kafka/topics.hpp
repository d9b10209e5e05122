// Topics as the brokers have them: looks at them and makes new ones; changes and removes none. One thread.
#pragma once

#include <map>
#include <optional>

#include "engine/kafka/client.hpp"

namespace florin::kafka {

struct Topic {
  std::string name;
  std::int32_t partitions = 1;
  std::int32_t replication = 1;  // copies of each partition; of the one with the fewest, where they differ
  std::map<std::string, std::string> settings{};
};

inline constexpr std::chrono::milliseconds topics_timeout_default{15'000};

class Topics {
 public:
  static Result<std::unique_ptr<Topics>> open(const Connection& connection,
                                              std::chrono::milliseconds timeout = topics_timeout_default);

  // With all of its settings in force, defaults too; nothing when there is no such topic. Errors: io,
  // permission.
  Result<std::optional<Topic>> find(const std::string& name);

  // Returns when the brokers have made it; some may hear of it a moment later. Errors: already_exists,
  // invalid_argument (the broker refuses a setting, or has too few brokers), io (not known whether it is
  // made; look again).
  Result<void> create(const Topic& topic);

 private:
  Topics(Connection connection, std::chrono::milliseconds timeout)
      : connection_(std::move(connection)), timeout_(timeout) {}
  Result<std::optional<Topic>> find_partitions(const std::string& name);
  Result<Owned<rd_kafka_event_t>> wait(rd_kafka_queue_t& queue) const;
  Owned<rd_kafka_AdminOptions_t> options(rd_kafka_admin_op_t operation) const;

  const Connection connection_;
  const std::chrono::milliseconds timeout_;
  Owned<rd_kafka_t> client_{};
};

}  // namespace florin::kafka
