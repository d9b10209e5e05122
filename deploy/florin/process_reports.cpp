#include "deploy/florin/process_reports.hpp"

#include <map>

#include "deploy/florin/kafka_connection.hpp"
#include "deploy/florin/kafka_partition.hpp"
#include "engine/journal/kafka_topics.hpp"
#include "engine/kafka/producer.hpp"
#include "engine/kafka/reader.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::seconds open_wait_max{2}, read_wait_max{10};

std::string name_of(const Json& report) {
  return report.value("role", "") + " " + std::to_string(report.value("node", 0)) + " " +
         report.value("address", "");
}

}  // namespace

ProcessReports::ProcessReports(kafka::Connection connection, kafka::Partition topic, Report report)
    : connection_(std::move(connection)), topic_(std::move(topic)), report_(std::move(report)) {
  thread_ = std::thread([this] { run(); });
}

ProcessReports::~ProcessReports() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

bool ProcessReports::wait() {
  std::unique_lock lock(mutex_);
  return !ended_.wait_for(lock, report_interval, [this] { return stopping_; });
}

// While brokers are away nothing is said; the next second tries again.
void ProcessReports::run() {
  std::unique_ptr<kafka::Producer> producer;
  do {
    const auto text = report_();
    if (!text) continue;
    if (!producer) {
      auto opened = kafka::Producer::open(connection_, topic_, kafka::deadline_in(open_wait_max));
      if (!opened) continue;
      producer = *std::move(opened);
    }
    const kafka::Outgoing record{.value = as_bytes(*text)};
    if (!producer->send(std::span(&record, 1))) producer.reset();
  } while (wait());
}

kafka::Partition reports_topic(const Settings& settings) {
  return {processes_topic(settings.topic_prefix), 0};
}

Result<std::vector<Json>> read_reports(const Settings& settings) {
  FLORIN_TRY_ASSIGN(const auto connection, kafka_connection(settings));
  const auto deadline = kafka::deadline_in(read_wait_max);
  FLORIN_TRY_ASSIGN(const auto reader, kafka::Reader::open(connection, reports_topic(settings), deadline,
                                                           kafka::Reads::anywhere));
  FLORIN_TRY_ASSIGN(const std::uint64_t end, reader->find_end(deadline));
  std::map<std::string, std::pair<Timestamp, Json>> newest;
  const std::uint64_t begin = end - std::min(end, reports_read_max);
  if (begin < end) FLORIN_TRY(reader->start(begin));
  Timestamp last;
  for (std::uint64_t next = begin; next < end;) {
    FLORIN_TRY_ASSIGN(const auto message, reader->next(deadline));
    if (!message) return fail(Errc::io, "the brokers do not give what the processes said in time");
    next = message->offset() + 1;
    last = message->stamp().value_or(last);
    Json report = Json::parse(as_text(message->value()), nullptr, false);
    if (!report.is_object()) continue;
    const std::string name = name_of(report);
    newest[name] = {last, std::move(report)};
  }
  const std::uint64_t age_max_ns = std::chrono::nanoseconds(report_age_max).count();
  std::vector<Json> live;
  for (auto& [name, report] : newest)
    if (last.value - report.first.value <= age_max_ns) live.push_back(std::move(report.second));
  return live;
}

}  // namespace florin
