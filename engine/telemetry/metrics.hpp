// Metrics for Prometheus: counters, gauges and histograms by name and labels, and their text exposition.
//
//   auto requests = metrics.counter("florin_http_requests_total", "Requests answered.", {{"route", route}});
//   requests.increment();
//
// Names follow Prometheus: prefix florin_, base units, counters end in _total, durations in _seconds. Label
// values come from constants of the program (routes, status classes), never from what a client sends: each
// pair of values is a series that is kept for ever. A wrong name, or one name for two types, is a bug and
// stops the process.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace florin {

// Handles are small, are copied freely, and live as long as the Metrics that gave them. Any thread.
class Counter {
 public:
  explicit Counter(prometheus::Counter& metric) : metric_(&metric) {}
  void increment(double by = 1);

 private:
  prometheus::Counter* metric_;
};

class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& metric) : metric_(&metric) {}
  void set(double value);
  void add(double by);

 private:
  prometheus::Gauge* metric_;
};

class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& metric) : metric_(&metric) {}
  void observe(double value);

 private:
  prometheus::Histogram* metric_;
};

// Upper bounds in seconds for what a caller waits for: 100 us to 5 s, the deadline of a call.
std::span<const double> latency_buckets();
// Upper bounds for how many things share one batch: 1 to 8192, by powers of two.
std::span<const double> batch_buckets();

// Owner: the program's wiring, which outlives every room that it hands it to. Any thread.
class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels give the same series.
  Counter counter(std::string_view name, std::string_view help, Labels labels = {}) noexcept;
  Gauge gauge(std::string_view name, std::string_view help, Labels labels = {}) noexcept;
  Histogram histogram(std::string_view name, std::string_view help, std::span<const double> upper_bounds,
                      Labels labels = {}) noexcept;
  // A gauge that is asked at each scrape. `sample` is called from the scraping thread, must not call back
  // into this object, and must stay valid as long as it lives. One name and labels may be given once only.
  void sampled_gauge(std::string_view name, std::string_view help, std::function<double()> sample,
                     Labels labels = {}) noexcept;

  // florin_build_info{version="..."} 1
  void set_build_info(std::string_view version) noexcept;

  // Everything, process metrics included, in the text format 0.0.4 of Prometheus.
  std::string text() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace florin
