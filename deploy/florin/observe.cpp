#include "deploy/florin/observe.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "engine/kafka/client.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {

namespace {

// The series of one operation, looked up once: the names are constants of the endpoint table.
class RequestSeries {
 public:
  explicit RequestSeries(Metrics& metrics) : metrics_(metrics) {}

  void observe(std::string_view operation, unsigned status, double seconds) {
    if (operation.empty()) operation = "none";
    auto& series = series_[{operation, status / 100}];
    if (!series) {
      const char status_class[] = {static_cast<char>('0' + status / 100), 'x', 'x', '\0'};
      series = {metrics_.counter("florin_http_requests_total", "Requests answered.",
                                 {{"operation", operation}, {"status", status_class}}),
                metrics_.histogram("florin_http_request_seconds",
                                   "From the end of the header to the end of the answer.", latency_buckets(),
                                   {{"operation", operation}})};
    }
    series->first.increment();
    series->second.observe(seconds);
  }

 private:
  Metrics& metrics_;
  std::map<std::pair<std::string_view, unsigned>, std::optional<std::pair<Counter, Histogram>>> series_;
};

}  // namespace

std::function<void(const gateway::AccessRecord&)> access_hook(Metrics& metrics) {
  return [series = RequestSeries(metrics)](const gateway::AccessRecord& record) mutable {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(record.duration).count();
    series.observe(record.operation_id, record.status, static_cast<double>(us) / 1e6);
    const auto level = record.status >= 500   ? log::Level::warn
                       : record.status >= 400 ? log::Level::info
                                              : log::Level::debug;
    if (!log::enabled(level)) return;
    log::write(level, "http_request",
               {{"method", record.method},
                {"route", record.route},
                {"status", record.status},
                {"duration_us", us},
                {"bytes_in", record.bytes_in},
                {"bytes_out", record.bytes_out},
                {"request_id", record.request_id},
                {"trace_id", record.trace_id},
                {"problem", record.problem}});
  };
}

GroupHook group_hook(Metrics& metrics) {
  auto groups =
      metrics.counter("florin_journal_groups_total", "Groups of records made durable by one fsync.");
  auto records = metrics.counter("florin_journal_records_total", "Records appended to the journal.");
  auto commands = metrics.counter("florin_journal_commands_total", "Commands appended to the journal.");
  auto bytes = metrics.counter("florin_journal_bytes_total", "Sealed bytes appended to the journal.");
  auto group = metrics.histogram("florin_journal_group_commands", "Commands that one durable append shared.",
                                 batch_buckets());
  auto latency =
      metrics.histogram("florin_journal_append_seconds", "Time of one durable append.", latency_buckets());
  return [=](std::size_t in_records, std::size_t in_commands, std::size_t in_bytes, double seconds) mutable {
    groups.increment();
    records.increment(static_cast<double>(in_records));
    commands.increment(static_cast<double>(in_commands));
    bytes.increment(static_cast<double>(in_bytes));
    group.observe(static_cast<double>(in_commands));
    latency.observe(seconds);
  };
}

namespace {

void watch(Metrics& metrics, const projections::ReadModels& views, const Metrics::Labels& labels) {
  for (const auto& opened : views.status()) {
    Metrics::Labels of_view = labels;
    of_view.emplace_back("view", opened.name);
    const auto lag = [&views, view = opened.name] {
      for (const auto& status : views.status())
        if (status.name == view) return static_cast<double>(status.health.lag);
      return -1.0;
    };
    metrics.sampled_gauge("florin_projection_lag_events", "Events published and not in the read model yet.",
                          lag, of_view);
  }
}

}  // namespace

void watch(Metrics& metrics, const Unit& unit) {
  const Metrics::Labels labels = unit.labels();
  metrics.sampled_gauge(
      "florin_journal_head", "Records in the journal.",
      [&unit] { return static_cast<double>(unit.journal().head().value); }, labels);
  if (const auto* engine = unit.engine()) {
    metrics.sampled_gauge(
        "florin_engine_next_ordinal", "Records whose events the engine has published, or followed.",
        [engine] { return static_cast<double>(engine->status().next_ordinal.value); }, labels);
    metrics.sampled_gauge(
        "florin_engine_publisher_changes", "How often this engine began or ceased to publish.",
        [engine] { return static_cast<double>(engine->engine().publisher_changes()); }, labels);
    const auto lag = [engine, &unit] {
      const std::uint64_t head = unit.journal().head().value;
      return static_cast<double>(head - std::min(head, engine->status().next_ordinal.value));
    };
    metrics.sampled_gauge(
        "florin_engine_lag_records",
        "Records of the journal whose events the engine has not published, or followed, yet.", lag, labels);
    metrics.sampled_gauge(
        "florin_engine_publishes", "1 while this engine publishes, 0 while it stands by.",
        [engine] { return engine->engine().publishes() ? 1.0 : 0.0; }, labels);
  }
  if (const auto* appender = unit.appender())
    metrics.sampled_gauge(
        "florin_commands_in_flight", "Commands appended and not answered yet.",
        [appender] { return static_cast<double>(appender->in_flight()); }, labels);
  if (const auto* views = unit.views()) watch(metrics, *views, labels);
}

void watch_kafka(Metrics& metrics) {
  metrics.sampled_gauge("florin_kafka_errors", "Errors and warnings of the Kafka clients of this process.",
                        [] { return static_cast<double>(kafka::client_errors()); });
}

void watch(Metrics& metrics, const SpaceGuard& space) {
  metrics.sampled_gauge("florin_disk_free_bytes", "Free space where the data lies, where there is least.",
                        [&space] { return static_cast<double>(space.free_bytes()); });
}

}  // namespace florin
