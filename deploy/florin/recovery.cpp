#include "deploy/florin/recovery.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "deploy/florin/stopwatch.hpp"
#include "engine/processor/pipeline.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds progress_interval{1};
constexpr std::chrono::milliseconds directory_asked_every{2};

// True once in every interval.
class Progress {
 public:
  bool due() {
    const auto now = SteadyClock::now();
    if (now - last_line_ < progress_interval) return false;
    last_line_ = now;
    return true;
  }
  std::int64_t ms() const { return watch_.ms(); }

 private:
  const Stopwatch watch_;
  SteadyClock::time_point last_line_ = SteadyClock::now();
};

bool follows(const projections::ReadModels& views) {
  using State = projections::WorkerState;
  const auto status = views.status();
  return std::any_of(status.begin(), status.end(), [](const projections::ViewStatus& view) {
    return view.name == "directory" &&
           (view.health.state == State::running || view.health.state == State::waiting);
  });
}

}  // namespace

Result<void> recover(processor::Processor& engine, const Journal& journal) {
  const Ordinal begin = engine.status().next_ordinal;
  Progress progress;
  processor::Pipeline pipeline(engine);
  for (std::size_t records = 1; records > 0;) {
    FLORIN_TRY_ASSIGN(records, pipeline.step());
    if (progress.due())
      log::info("replaying", {{"record", engine.status().next_ordinal.value}, {"of", journal.head().value}});
  }
  FLORIN_TRY(pipeline.drain());
  log::info("recovered", {{"records", engine.status().next_ordinal.value - begin.value},
                          {"next_sequence", engine.status().next_sequence.value},
                          {"duration_ms", progress.ms()}});
  return {};
}

void wait_for_directory(projections::ReadModels& views, Sequence last) {
  const Sequence begin = views.directory().position();
  Progress progress;
  while (views.directory().position() < last && follows(views)) {
    std::this_thread::sleep_for(directory_asked_every);
    if (progress.due())
      log::info("reading_clients", {{"event", views.directory().position().value}, {"of", last.value}});
  }
  log::info("clients_known",
            {{"events", last.value - std::min(begin.value, last.value)}, {"duration_ms", progress.ms()}});
}

}  // namespace florin
