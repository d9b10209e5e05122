#include "engine/telemetry/metrics.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <sstream>

#include "engine/telemetry/process_metrics.hpp"

namespace florin {
namespace {

bool has_line(const std::string& text, const std::string& wanted) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line == wanted) return true;
  return false;
}

}  // namespace

TEST_CASE("counters and gauges show their sum under help and type") {
  Metrics metrics;
  auto answered = metrics.counter("florin_answers_total", "Answers.", {{"class", "2xx"}});
  answered.increment();
  answered.increment(2);
  auto open = metrics.gauge("florin_connections", "Open connections.");
  open.set(5);
  open.add(-2);
  const std::string text = metrics.text();
  CHECK(has_line(text, "# HELP florin_answers_total Answers."));
  CHECK(has_line(text, "# TYPE florin_answers_total counter"));
  CHECK(has_line(text, "florin_answers_total{class=\"2xx\"} 3"));
  CHECK(has_line(text, "florin_connections 3"));
}

TEST_CASE("the same name and labels give the same series") {
  Metrics metrics;
  metrics.counter("florin_answers_total", "Answers.", {{"class", "2xx"}}).increment();
  metrics.counter("florin_answers_total", "Answers.", {{"class", "2xx"}}).increment();
  metrics.counter("florin_answers_total", "Answers.", {{"class", "5xx"}}).increment();
  CHECK(has_line(metrics.text(), "florin_answers_total{class=\"2xx\"} 2"));
  CHECK(has_line(metrics.text(), "florin_answers_total{class=\"5xx\"} 1"));
}

TEST_CASE("a histogram counts cumulatively up to each bound") {
  Metrics metrics;
  auto latency = metrics.histogram("florin_latency_seconds", "Latency.", latency_buckets());
  latency.observe(0.0001);
  latency.observe(0.0003);
  latency.observe(60);
  const std::string text = metrics.text();
  CHECK(has_line(text, "florin_latency_seconds_bucket{le=\"0.0001\"} 1"));
  CHECK(has_line(text, "florin_latency_seconds_bucket{le=\"0.0005\"} 2"));
  CHECK(has_line(text, "florin_latency_seconds_bucket{le=\"5\"} 2"));
  CHECK(has_line(text, "florin_latency_seconds_bucket{le=\"+Inf\"} 3"));
  CHECK(has_line(text, "florin_latency_seconds_count 3"));
}

TEST_CASE("bucket bounds ascend strictly") {
  for (auto bounds : {latency_buckets(), batch_buckets()})
    CHECK(std::adjacent_find(bounds.begin(), bounds.end(), [](double a, double b) { return a >= b; }) ==
          bounds.end());
  CHECK(latency_buckets().front() == 0.0001);
  CHECK(latency_buckets().back() == 5);
}

TEST_CASE("a sampled gauge is asked at each scrape, and its labels share one block") {
  Metrics metrics;
  double lag = 1;
  metrics.sampled_gauge("florin_lag", "Lag.", [&] { return lag; }, {{"view", "balances"}});
  metrics.sampled_gauge("florin_lag", "Lag.", [] { return 9.0; }, {{"view", "history"}});
  CHECK(has_line(metrics.text(), "florin_lag{view=\"balances\"} 1"));
  lag = 2;
  const std::string text = metrics.text();
  CHECK(has_line(text, "florin_lag{view=\"balances\"} 2"));
  CHECK(has_line(text, "florin_lag{view=\"history\"} 9"));
  CHECK(text.find("# TYPE florin_lag gauge") == text.rfind("# TYPE florin_lag gauge"));
}

TEST_CASE("label values cannot break out of their line") {
  Metrics metrics;
  metrics.gauge("florin_odd", "Odd.", {{"value", "a\"b\nc\\d"}}).set(1);
  CHECK(has_line(metrics.text(), R"(florin_odd{value="a\"b\nc\\d"} 1)"));
}

TEST_CASE("process metrics and the build are there") {
  Metrics metrics;
  metrics.set_build_info("0.1.0");
  const std::string text = metrics.text();
  CHECK(has_line(text, "florin_build_info{version=\"0.1.0\"} 1"));
  for (auto name :
       {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
        "process_start_time_seconds", "process_open_fds", "process_max_fds"})
    CHECK(text.find("\n" + std::string(name) + " ") != std::string::npos);
}

TEST_CASE("process samples follow what the process does") {
  const ProcessSample before = sample_process();
  CHECK(before.resident_bytes > 1e5);
  CHECK(before.resident_bytes < before.virtual_bytes);
  const auto now = static_cast<double>(std::time(nullptr));
  CHECK(before.start_time_seconds > now - 3600);
  CHECK(before.start_time_seconds <= now + 2);

  int open_fds = 0;
  for (int fd = 0; fd < 4096; ++fd) open_fds += fcntl(fd, F_GETFD) != -1 ? 1 : 0;
  CHECK(before.open_fds == open_fds);
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  const ProcessSample with_file = sample_process();
  CHECK(with_file.open_fds == before.open_fds + 1);
  close(fd);

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  ProcessSample after = before;
  while (after.cpu_seconds <= before.cpu_seconds && std::chrono::steady_clock::now() < deadline)
    after = sample_process();
  CHECK(after.cpu_seconds > before.cpu_seconds);
}

}  // namespace florin
