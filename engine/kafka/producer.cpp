#include "engine/kafka/producer.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "engine/base/assert.hpp"
#include "engine/kafka/metadata.hpp"

namespace florin::kafka {
namespace {

// A record's own overhead in a batch, and the batch's; both are far less.
constexpr std::size_t record_overhead_bytes_max = 128;
// message.timeout.ms is looked at once a second; an answer after this is one that never comes.
constexpr std::chrono::milliseconds report_slack{3'000};
constexpr int purge_ms_max = 1'000, flush_step_ms = 100;
// How long a send waits when no broker can be reached.
constexpr std::chrono::milliseconds brokers_away_max{1'500};
constexpr std::uint64_t ns_per_ms = 1'000'000;

}  // namespace

Result<std::unique_ptr<Producer>> Producer::open(const Connection& connection, Partition partition,
                                                 Deadline deadline, std::chrono::milliseconds timeout) {
  FLORIN_ASSERT(timeout >= send_timeout_min);
  FLORIN_TRY_ASSIGN(Owned<rd_kafka_conf_t> conf, make_conf(connection, Role::producer));
  FLORIN_TRY(set(*conf, "message.timeout.ms", std::to_string(timeout.count())));
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_report);
  std::unique_ptr<Producer> producer(new Producer(std::move(partition), timeout));
  rd_kafka_conf_set_opaque(conf.get(), producer.get());
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  FLORIN_TRY_ASSIGN(producer->client_, make_client(std::move(conf), Role::producer));
  FLORIN_TRY(check_partition(*producer->client_, connection, producer->partition_, deadline));
  return producer;
}

// Nothing more leaves, and nobody is told what became of the rest.
Producer::~Producer() {
  if (client_)
    rd_kafka_purge(client_.get(),
                   RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void Producer::on_report(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto& report = *static_cast<Report*>(message->_private);
  report.error = message->err;
  report.status = rd_kafka_message_status(message);
  report.offset = message->offset;
  rd_kafka_timestamp_type_t type{};
  const std::int64_t stamp = rd_kafka_message_timestamp(message, &type);
  report.stamp_ms = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? stamp : -1;
}

Result<void> Producer::check(std::span<const Outgoing> records) const {
  if (failed_)
    return fail(Errc::stopped, "nothing more is sent to " + to_string(partition_) +
                                   " since an earlier failure; open it again");
  std::size_t bytes = record_overhead_bytes_max;
  for (const Outgoing& record : records)
    bytes += record.value.size() + record.header.size() + record.key.size() + record_overhead_bytes_max;
  if (records.empty() || records.size() > batch_records_max || bytes > batch_bytes_max)
    return fail(Errc::invalid_argument, "one batch for " + to_string(partition_) + " has 1 to " +
                                            std::to_string(batch_records_max) + " records and up to " +
                                            std::to_string(batch_bytes_max) + " bytes");
  return {};
}

// librdkafka copies the value: after a failure it may hold it longer than the caller does. The array form of
// the call is taken since the macros of the other one are a GNU extension.
bool Producer::enqueue(const Outgoing& record, Report& report) {
  const auto memory = [](rd_kafka_vtype_t type, ByteView bytes) {
    auto* data = const_cast<std::uint8_t*>(bytes.data());  // NOLINT: the C interface has no const
    return rd_kafka_vu_t{.vtype = type, .u = {.mem = {data, bytes.size()}}};
  };
  const std::array<rd_kafka_vu_t, 7> parts{{
      {.vtype = RD_KAFKA_VTYPE_TOPIC, .u = {.cstr = partition_.topic.c_str()}},
      {.vtype = RD_KAFKA_VTYPE_PARTITION, .u = {.i32 = partition_.number}},
      {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u = {.i = RD_KAFKA_MSG_F_COPY}},
      memory(RD_KAFKA_VTYPE_VALUE, record.value),
      memory(RD_KAFKA_VTYPE_KEY, record.key),
      {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u = {.ptr = &report}},
      {.vtype = RD_KAFKA_VTYPE_HEADER,
       .u = {.header = {record.header_name, record.header.data(),
                        static_cast<ssize_t>(record.header.size())}}},
  }};
  const std::unique_ptr<rd_kafka_error_t, void (*)(rd_kafka_error_t*)> error(
      rd_kafka_produceva(client_.get(), parts.data(), parts.size() - (record.header.empty() ? 1 : 0)),
      rd_kafka_error_destroy);
  return error == nullptr;
}

// Nothing leaves before the flush, since linger.ms is longer than the loop: so the group is one batch.
Result<Delivered> Producer::send(std::span<const Outgoing> records) {
  FLORIN_TRY(check(records));
  down_since_.reset();
  reports_.assign(records.size(), Report{});
  bool complete = true;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (!enqueue(records[i], reports_[i])) {
      // What did not even enter the queue is not there.
      for (std::size_t rest = i; rest < records.size(); ++rest)
        reports_[rest] = {RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_MSG_STATUS_NOT_PERSISTED};
      complete = false;
      break;
    }
  if (!complete) rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  flush(complete ? timeout_ + report_slack : std::chrono::milliseconds(purge_ms_max));
  auto delivered = judge();
  failed_ = !delivered;
  return delivered;
}

// While no broker is there at all the records are not worth the whole wait: what has not left is given back,
// and what has is in doubt.
void Producer::flush(std::chrono::milliseconds wait) {
  const Deadline deadline = deadline_in(wait);
  while (rd_kafka_flush(client_.get(), flush_step_ms) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return;
    if (!down_since_ || now - *down_since_ < brokers_away_max) continue;
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(client_.get(), purge_ms_max);
    return;
  }
}

void Producer::on_error(rd_kafka_t*, int error, const char*, void* producer) {
  auto& since = static_cast<Producer*>(producer)->down_since_;
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !since) since = std::chrono::steady_clock::now();
}

Result<Delivered> Producer::judge() const {
  const auto not_written = [](const Report& report) {
    return report.error != RD_KAFKA_RESP_ERR_NO_ERROR && report.status == RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
  };
  const std::string where = to_string(partition_);
  const auto failed = std::find_if(reports_.begin(), reports_.end(), [](const Report& report) {
    return report.error != RD_KAFKA_RESP_ERR_NO_ERROR;
  });
  if (failed != reports_.end()) {
    const std::string reason = rd_kafka_err2str(failed->error);
    if (std::all_of(reports_.begin(), reports_.end(), not_written))
      return fail(Errc::overloaded, "the brokers did not take the records for " + where + " (" + reason +
                                        "); nothing was appended, try again later");
    return fail(Errc::deadline, "it is not known whether the records for " + where + " are there (" + reason +
                                    "); open it again and read from its tail");
  }
  const Report& first = reports_.front();
  for (std::size_t i = 0; i < reports_.size(); ++i)
    if (first.offset < 0 || first.stamp_ms < 0 || reports_[i].stamp_ms != first.stamp_ms ||
        reports_[i].offset != first.offset + static_cast<std::int64_t>(i))
      return fail(Errc::deadline,
                  "the records for " + where +
                      " are there, but the broker did not say at which consecutive offsets, or "
                      "did not stamp them (message.timestamp.type must be LogAppendTime); open "
                      "it again and read from its tail");
  return Delivered{static_cast<std::uint64_t>(first.offset),
                   {static_cast<std::uint64_t>(first.stamp_ms) * ns_per_ms}};
}

}  // namespace florin::kafka
