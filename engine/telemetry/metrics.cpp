#include "engine/telemetry/metrics.hpp"

#include <prometheus/check_names.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/telemetry/process_metrics.hpp"

namespace florin {
namespace {

constexpr std::array<double, 15> latency_bounds{0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02,
                                                0.05,   0.1,    0.2,    0.5,   1,     2,     5};
constexpr std::array<double, 14> batch_bounds{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192};

prometheus::Labels to_labels(const Metrics::Labels& labels) {
  prometheus::Labels out;
  for (const auto& [key, value] : labels) out.emplace(key, value);
  return out;
}

using Families = std::vector<prometheus::MetricFamily>;

// Puts a value beside the others of its name, since the text format wants one block for a name.
void append_value(Families& families, std::string_view name, std::string_view help,
                  prometheus::MetricType type, double value, const prometheus::Labels& labels = {}) {
  prometheus::ClientMetric metric;
  for (const auto& [key, text] : labels) metric.label.push_back({key, text});
  if (type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  auto family =
      std::find_if(families.begin(), families.end(), [&](const auto& row) { return row.name == name; });
  if (family == families.end())
    family = families.insert(families.end(), {std::string(name), std::string(help), type, {}});
  family->metric.push_back(std::move(metric));
}

void append_process(Families& families) {
  using prometheus::MetricType;
  const ProcessSample sample = sample_process();
  const auto add = [&](std::string_view name, std::string_view help, MetricType type, double value) {
    if (value >= 0) append_value(families, name, help, type, value);
  };
  add("process_cpu_seconds_total", "User and system CPU time spent.", MetricType::Counter,
      sample.cpu_seconds);
  add("process_resident_memory_bytes", "Resident memory size.", MetricType::Gauge, sample.resident_bytes);
  add("process_virtual_memory_bytes", "Virtual memory size.", MetricType::Gauge, sample.virtual_bytes);
  add("process_start_time_seconds", "Start of the process since the Unix epoch.", MetricType::Gauge,
      sample.start_time_seconds);
  add("process_open_fds", "Open file descriptors.", MetricType::Gauge, sample.open_fds);
  add("process_max_fds", "Most file descriptors that may be open.", MetricType::Gauge, sample.max_fds);
}

}  // namespace

struct Metrics::State {
  struct Sampled {
    std::string name, help;
    std::function<double()> sample;
    prometheus::Labels labels;
  };
  // One name is one family; a second registration merges into the first.
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
  mutable std::mutex mutex;  // guards sampled
  std::vector<Sampled> sampled;
};

void Counter::increment(double by) { metric_->Increment(by); }
void Gauge::set(double value) { metric_->Set(value); }
void Gauge::add(double by) { metric_->Increment(by); }
void Histogram::observe(double value) { metric_->Observe(value); }

std::span<const double> latency_buckets() { return latency_bounds; }
std::span<const double> batch_buckets() { return batch_bounds; }

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(std::string_view name, std::string_view help, Labels labels) noexcept {
  auto& family =
      prometheus::BuildCounter().Name(std::string(name)).Help(std::string(help)).Register(state_->registry);
  return Counter(family.Add(to_labels(labels)));
}

Gauge Metrics::gauge(std::string_view name, std::string_view help, Labels labels) noexcept {
  auto& family =
      prometheus::BuildGauge().Name(std::string(name)).Help(std::string(help)).Register(state_->registry);
  return Gauge(family.Add(to_labels(labels)));
}

Histogram Metrics::histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                             Labels labels) noexcept {
  auto& family =
      prometheus::BuildHistogram().Name(std::string(name)).Help(std::string(help)).Register(state_->registry);
  return Histogram(family.Add(to_labels(labels), std::vector<double>(bounds.begin(), bounds.end())));
}

void Metrics::sampled_gauge(std::string_view name, std::string_view help, std::function<double()> sample,
                            Labels labels) noexcept {
  State::Sampled row{std::string(name), std::string(help), std::move(sample), to_labels(labels)};
  FLORIN_ASSERT(prometheus::CheckMetricName(row.name));
  const std::lock_guard lock(state_->mutex);
  for (const State::Sampled& other : state_->sampled)
    FLORIN_ASSERT(other.name != row.name || other.labels != row.labels);
  state_->sampled.push_back(std::move(row));
}

void Metrics::set_build_info(std::string_view version) noexcept {
  gauge("florin_build_info", "The version that runs; the value is always 1.", {{"version", version}}).set(1);
}

std::string Metrics::text() const {
  Families families = state_->registry.Collect();
  {
    const std::lock_guard lock(state_->mutex);
    for (const State::Sampled& row : state_->sampled)
      append_value(families, row.name, row.help, prometheus::MetricType::Gauge, row.sample(), row.labels);
  }
  append_process(families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace florin
