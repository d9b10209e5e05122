#include "engine/kafka/reader.hpp"

#include <algorithm>

#include "engine/kafka/metadata.hpp"

namespace florin::kafka {
namespace {

constexpr std::uint64_t ns_per_ms = 1'000'000;
constexpr std::string_view short_fetch_wait_ms = "10";

}  // namespace

std::optional<Timestamp> Message::stamp() const {
  rd_kafka_timestamp_type_t type{};
  const std::int64_t ms = rd_kafka_message_timestamp(message_.get(), &type);
  if (type != RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME || ms < 0) return std::nullopt;
  return Timestamp{static_cast<std::uint64_t>(ms) * ns_per_ms};
}

ByteView Message::header(const char* name) const {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t bytes = 0;
  if (rd_kafka_message_headers(message_.get(), &headers) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(headers, name, &value, &bytes) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return {static_cast<const std::uint8_t*>(value), bytes};
}

Result<std::unique_ptr<Reader>> Reader::open(const Connection& connection, Partition partition,
                                             Deadline deadline, Reads reads, Offsets offsets) {
  FLORIN_TRY_ASSIGN(Owned<rd_kafka_conf_t> conf, make_conf(connection, Role::reader));
  if (reads == Reads::anywhere) FLORIN_TRY(set(*conf, "fetch.wait.max.ms", short_fetch_wait_ms));
  std::unique_ptr<Reader> reader(new Reader(std::move(partition), offsets));
  FLORIN_TRY_ASSIGN(reader->client_, make_client(std::move(conf), Role::reader));
  FLORIN_TRY(check_partition(*reader->client_, connection, reader->partition_, deadline));
  reader->topic_.reset(rd_kafka_topic_new(reader->client_.get(), reader->partition_.topic.c_str(), nullptr));
  return reader;
}

Reader::~Reader() { stop(); }

void Reader::stop() {
  if (running_) rd_kafka_consume_stop(topic_.get(), partition_.number);
  running_ = false;
}

Result<void> Reader::start_at(std::int64_t offset) {
  stop();
  if (rd_kafka_consume_start(topic_.get(), partition_.number, offset) != 0)
    return fail(Errc::io, "reading of " + to_string(partition_) +
                              " cannot start: " + rd_kafka_err2str(rd_kafka_last_error()));
  running_ = true;
  return {};
}

Result<void> Reader::start(std::uint64_t offset) {
  expected_ = offset;
  return start_at(static_cast<std::int64_t>(offset));
}

Owned<rd_kafka_message_t> Reader::poll(Deadline deadline) {
  return Owned<rd_kafka_message_t>(rd_kafka_consume(topic_.get(), partition_.number, ms_until(deadline)));
}

// Only the first record behind the end, or the news that there is none, tells where the end is.
Result<std::uint64_t> Reader::find_end(Deadline deadline) {
  FLORIN_TRY(start_at(RD_KAFKA_OFFSET_END));
  std::optional<std::int64_t> found;
  while (!found && std::chrono::steady_clock::now() < deadline) {
    const Owned<rd_kafka_message_t> message = poll(deadline);
    if (!message) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR || message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
      found = message->offset;
    else FLORIN_TRY(judge(*message));
  }
  stop();
  if (!found)
    return fail(Errc::io, "no broker has said in time where " + to_string(partition_) +
                              " ends; see whether a leader of it is up");
  return static_cast<std::uint64_t>(*found);
}

Result<std::optional<Message>> Reader::next(Deadline deadline) {
  do {
    Owned<rd_kafka_message_t> message = poll(deadline);
    if (!message) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      FLORIN_TRY_ASSIGN(Message accepted, accept(std::move(message)));
      return std::optional<Message>(std::move(accepted));
    }
    // Behind the last record there may have been others, which were superseded.
    if (offsets_ == Offsets::compacted && message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      expected_ = std::max(expected_, static_cast<std::uint64_t>(message->offset));
      return std::optional<Message>();
    }
    FLORIN_TRY(judge(*message));
  } while (std::chrono::steady_clock::now() < deadline);
  return std::optional<Message>();
}

// What passes by itself is not an error: librdkafka goes on when a broker is back.
Result<void> Reader::judge(const rd_kafka_message_t& failure) const {
  const std::string reason = rd_kafka_err2str(failure.err);
  switch (failure.err) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      return fail(Errc::corrupt, to_string(partition_) + " does not have record " +
                                     std::to_string(expected_) +
                                     " (any more): records were deleted, or the topic was cut; stop, and "
                                     "compare with another replica or a copy");
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return fail(Errc::corrupt, "record " + std::to_string(expected_) + " of " + to_string(partition_) +
                                     " is damaged (" + reason +
                                     "); let the broker restore it from a replica");
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return fail(Errc::not_found,
                  "the brokers have no " + to_string(partition_) + " any more (" + reason + ")");
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return fail(Errc::permission, "the brokers do not let us read " + to_string(partition_));
    default: return {};
  }
}

Result<Message> Reader::accept(Owned<rd_kafka_message_t> message) {
  Message accepted(std::move(message));
  if (offsets_ == Offsets::dense && accepted.offset() != expected_)
    return fail(Errc::corrupt, to_string(partition_) + " has record " + std::to_string(accepted.offset()) +
                                   " where " + std::to_string(expected_) +
                                   " should be: its offsets are not dense; it must be neither compacted nor "
                                   "written by transactions");
  if (accepted.offset() < expected_)
    return fail(Errc::corrupt, to_string(partition_) + " gave record " + std::to_string(accepted.offset()) +
                                   " behind record " + std::to_string(expected_ - 1));
  if (!accepted.stamp())
    return fail(
        Errc::invalid_argument,
        "record " + std::to_string(accepted.offset()) + " of " + to_string(partition_) +
            " was not stamped by the broker; the topic's message.timestamp.type must be LogAppendTime");
  expected_ = accepted.offset() + 1;
  return accepted;
}

std::optional<std::uint64_t> Reader::end() const {
  std::int64_t low = 0, high = 0;
  if (rd_kafka_get_watermark_offsets(client_.get(), partition_.topic.c_str(), partition_.number, &low,
                                     &high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      high < 0)
    return std::nullopt;
  return static_cast<std::uint64_t>(high);
}

}  // namespace florin::kafka
