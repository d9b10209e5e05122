#include "projections/worker.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace florin::projections {

using std::chrono::steady_clock;

namespace {

tl::unexpected<Error> missing(Sequence sequence) {
  return fail(Errc::corrupt, "the event log gives no record with sequence " + to_string(sequence));
}

}  // namespace

std::string_view name(WorkerState state) {
  switch (state) {
    case WorkerState::idle: return "idle";
    case WorkerState::waiting: return "waiting";
    case WorkerState::running: return "running";
    case WorkerState::halted: return "halted";
    case WorkerState::stopped: return "stopped";
  }
  return "unknown";
}

Worker::Worker(View& view, Store& store, const EventSource& source, Tail tail, Advanced advanced,
               Wanted wanted)
    : view_(view),
      store_(store),
      source_(source),
      advanced_(std::move(advanced)),
      wanted_(std::move(wanted)),
      tail_(tail),
      met_log_(tail.position.value == 0),
      position_(tail.position.value) {}

void Worker::start(Deadline log_reaches) {
  FLORIN_ASSERT(!thread_.joinable() && !stopping_);
  set_state(WorkerState::waiting);
  thread_ = std::thread([this, log_reaches] { run(log_reaches); });
}

void Worker::request_stop() {
  std::lock_guard lock(mutex_);
  stopping_ = true;
  stop_requested_.notify_all();
}

void Worker::stop() {
  request_stop();
  if (thread_.joinable()) thread_.join();
}

Health Worker::health() const {
  const Sequence at = position();
  const std::uint64_t next = source_.next().value;
  std::lock_guard lock(mutex_);
  return {state_, at, next > at.value + 1 ? next - at.value - 1 : 0, reason_};
}

void Worker::set_state(WorkerState state, std::string reason) {
  std::lock_guard lock(mutex_);
  state_ = state;
  reason_ = std::move(reason);
}

void Worker::run(Deadline log_reaches) {
  const Result<void> ended = follow(log_reaches);
  if (ended) return set_state(WorkerState::stopped);
  set_state(WorkerState::halted, "the read model '" + std::string(view_.name()) + "' halted at sequence " +
                                     to_string(position()) + ": " + ended.error().message);
}

Result<void> Worker::follow(Deadline log_reaches) {
  if (met_log_) set_state(WorkerState::running);
  while (!stopping_) {
    if (log_has(awaited())) {
      FLORIN_TRY(step());
      gather();
    } else if (!met_log_ && !stopping_ && steady_clock::now() >= log_reaches) {
      return fail(Errc::corrupt,
                  "the event log ends at sequence " + to_string(Sequence{source_.next().value - 1}) +
                      ", before the read model's position " + to_string(tail_.position) +
                      "; restore the newer journal, or delete the read model's folder to accept the loss");
    }
  }
  return {};
}

Result<bool> Worker::step() {
  if (source_.next() <= awaited()) return false;
  if (!met_log_) {
    FLORIN_TRY(meet_log());
    return true;
  }
  FLORIN_TRY_ASSIGN(const auto records, source_.read(tail_.next(), read_bytes_max));
  FLORIN_TRY(take(records));
  return true;
}

// The source can be stopped for good, and then no longer waits: the rest of the time is waited here.
bool Worker::log_has(Sequence sequence) {
  const Deadline until = steady_clock::now() + idle_wait_max;
  if (source_.wait_beyond(sequence, until)) return true;
  std::unique_lock lock(mutex_);
  stop_requested_.wait_until(lock, until, [this] { return stopping_.load(); });
  return false;
}

// Under load more events come soon. A larger batch has fewer rows for each of them, so it is worth a short
// wait.
void Worker::gather() {
  if (last_batch_events_ < gather_events_min) return;
  const Sequence full{tail_.position.value + batch_events_max};
  const Deadline until = steady_clock::now() + gather_wait_max;
  for (auto now = steady_clock::now(); now < until && !stopping_ && !wanted_(); now = steady_clock::now())
    if (source_.wait_beyond(full, std::min(until, now + gather_look))) return;
}

Result<void> Worker::meet_log() {
  FLORIN_TRY_ASSIGN(const auto records, source_.read(tail_.position, 0));
  if (records.empty()) return missing(tail_.position);
  FLORIN_TRY(check_same(tail_, *records.front()));
  met_log_ = true;
  set_state(WorkerState::running);
  return {};
}

Result<void> Worker::take(const std::vector<EventBatchPtr>& records) {
  const Sequence wanted = tail_.next();
  for (const EventBatchPtr& record : records) {
    FLORIN_TRY_ASSIGN(const Step step, next_step(tail_, *record));
    if (step == Step::drop) continue;
    FLORIN_TRY(apply(*record));
    if (command_ended_ && batch_events_ >= batch_events_max) FLORIN_TRY(commit());
  }
  if (tail_.next() == wanted) return missing(wanted);  // else the same read would be tried for ever
  return command_ended_ && batch_events_ > 0 ? commit() : Result<void>{};
}

Result<void> Worker::apply(const EventBatch& record) {
  std::uint64_t sequence = record.header.first.value;
  for (const Event& event : record.events) {
    if (auto applied = view_.apply(event, store_); !applied)
      return fail(applied.error().code, "event " + std::to_string(sequence) + ": " + applied.error().message);
    ++sequence;
  }
  tail_ = tail_after(record);
  command_ended_ = record.header.last;
  batch_events_ += record.events.size();
  return {};
}

Result<void> Worker::commit() {
  {
    std::lock_guard lock(commit_mutex_);
    if (stopping_)
      return {};  // the batch is given up whole; whoever opens the store again reads its events again
    StoreBatch batch;
    batch.put(position_key(), encode(PositionRow{view_.schema(), tail_}));
    FLORIN_TRY(view_.write(batch, store_));
    FLORIN_TRY(store_.write(batch));
    FLORIN_ASSERT(tail_.position.value > position_.load());
    position_.store(tail_.position.value);
    last_batch_events_ = std::exchange(batch_events_, 0);
  }
  advanced_(tail_.position);
  return {};
}

}  // namespace florin::projections
