// What the brokers say about topics and their partitions. Any thread.
#pragma once

#include "engine/kafka/client.hpp"

namespace florin::kafka {

using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Destroy>;

// Of that topic, or of all of them when none is given. Errors: io (no broker answers until the deadline),
// permission (they refuse this client, which is told long before the deadline).
Result<Metadata> ask_metadata(rd_kafka_t& client, const Connection& connection, rd_kafka_topic_t* topic,
                              Deadline deadline);

// Asks the brokers whether there is such a partition. Errors: not_found (says what makes it), io, permission.
Result<void> check_partition(rd_kafka_t& client, const Connection& connection, const Partition& partition,
                             Deadline deadline);

}  // namespace florin::kafka
