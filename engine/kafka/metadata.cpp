#include "engine/kafka/metadata.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include "engine/kafka/refusal.hpp"

namespace florin::kafka {
namespace {

constexpr std::chrono::milliseconds first_answer_wait{1'000};
constexpr std::chrono::milliseconds settle_max{2'000}, settle_step{50};

rd_kafka_resp_err_t ask(rd_kafka_t& client, rd_kafka_topic_t* topic, Deadline deadline,
                        const rd_kafka_metadata_t*& found) {
  return rd_kafka_metadata(&client, topic == nullptr ? 1 : 0, topic, &found, std::max(1, ms_until(deadline)));
}

// Why there is no such partition, or nothing where there is one.
Result<std::optional<std::string>> why_missing(rd_kafka_t& client, const Connection& connection,
                                               const Partition& partition, Deadline deadline) {
  const Owned<rd_kafka_topic_t> topic(rd_kafka_topic_new(&client, partition.topic.c_str(), nullptr));
  FLORIN_TRY_ASSIGN(const Metadata found, ask_metadata(client, connection, topic.get(), deadline));
  const rd_kafka_metadata_topic_t& row = found->topics[0];
  if (row.err != RD_KAFKA_RESP_ERR_NO_ERROR) return std::optional<std::string>(rd_kafka_err2str(row.err));
  if (partition.number >= row.partition_cnt)
    return std::optional("it has " + std::to_string(row.partition_cnt) + " partitions");
  return std::optional<std::string>();
}

}  // namespace

// Where nobody has answered for a while, it is found out whether they refuse us before more of the time goes
// by.
Result<Metadata> ask_metadata(rd_kafka_t& client, const Connection& connection, rd_kafka_topic_t* topic,
                              Deadline deadline) {
  const Deadline first = std::min(deadline, deadline_in(first_answer_wait));
  const rd_kafka_metadata_t* found = nullptr;
  auto error = ask(client, topic, first, found);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR && std::chrono::steady_clock::now() < deadline) {
    FLORIN_TRY(check_not_refused(connection, deadline));
    if (std::chrono::steady_clock::now() < deadline) error = ask(client, topic, deadline, found);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return Metadata(found);
  return fail(Errc::io, "no Kafka broker answers at " + connection.brokers + " (" + rd_kafka_err2str(error) +
                            "); start it, or name another one");
}

// A topic that was just made is not known to every broker yet.
Result<void> check_partition(rd_kafka_t& client, const Connection& connection, const Partition& partition,
                             Deadline deadline) {
  const Deadline settled = std::min(deadline, deadline_in(settle_max));
  while (true) {
    FLORIN_TRY_ASSIGN(const auto reason, why_missing(client, connection, partition, deadline));
    if (!reason) return {};
    if (std::chrono::steady_clock::now() >= settled)
      return fail(Errc::not_found, "the brokers at " + connection.brokers + " have no partition " +
                                       to_string(partition) + " (" + *reason +
                                       "); `florin topics create` makes it");
    std::this_thread::sleep_for(settle_step);
  }
}

}  // namespace florin::kafka
