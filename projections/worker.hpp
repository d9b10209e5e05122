// The thread behind one read model: it reads events from its position on, lets the view take them, and writes
// rows and position in one batch, so that the rows are always those of exactly the position beside them. A
// batch holds the events of whole command records: nobody sees a half of what a command did.
//
// start(), stop() and pause() belong to the owner, and so does step() of a worker that was not started: one
// who drives it by hand needs no thread. Everything else is for any thread. Errors halt the worker:
// health() says why, the rows stay as they were and can be read.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engine/journal/events.hpp"
#include "projections/tail.hpp"
#include "projections/view.hpp"

namespace florin::projections {

// Bounds of one batch of rows: it ends with the command record that reaches the first limit. The more events,
// the fewer rows each of them costs, since those of an account or of a value share one; they are read at
// once, and take about six times their sealed bytes in memory.
inline constexpr std::size_t batch_events_max = 65'536;
inline constexpr std::size_t read_bytes_max = 8u << 20;  // of sealed event records in one read
// After a batch of so many events the next one is given this time to grow, while no reader waits for it,
// which is looked for that often.
inline constexpr std::size_t gather_events_min = 4'096;
inline constexpr std::chrono::milliseconds gather_wait_max{250}, gather_look{5};
inline constexpr std::chrono::milliseconds idle_wait_max{
    100};  // the longest that stop() waits for an idle worker

enum class WorkerState : std::uint8_t {
  idle,     // not started
  waiting,  // the event log has not reached the stored position yet (the engine replays after a crash)
  running,
  halted,  // `reason` says why
  stopped,
};
std::string_view name(WorkerState state);

struct Health {
  WorkerState state = WorkerState::idle;
  Sequence position;
  std::uint64_t lag = 0;  // events that are published and not in the rows yet
  std::string reason;     // of a halt
};

class Worker {
 public:
  // Called from the worker's thread after each write, when the rows of all events up to there can be read.
  using Advanced = std::function<void(Sequence)>;
  // Asked from the worker's thread: whether a reader waits for a later position.
  using Wanted = std::function<bool()>;

  // `tail` is what the store's position row says. All references outlive the worker.
  Worker(
      View& view, Store& store, const EventSource& source, Tail tail, Advanced advanced,
      Wanted wanted = [] { return false; });
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Rows may be ahead of the event log after a crash; they are kept if the log has reached their position by
  // `log_reaches` and has the same event record there. Otherwise the worker halts.
  void start(Deadline log_reaches);
  void stop();  // waits for the thread; a second call is free

  // One step of that thread, which waits for nothing: meets the log, or takes events that are there; false
  // when there is nothing to do yet. Errors: corrupt, and those of the source, the view and the store.
  Result<bool> step();

  // While the lock is held nothing is written and position() stands still. With request_stop() under it, for
  // ever.
  std::unique_lock<std::mutex> pause() { return std::unique_lock(commit_mutex_); }
  void request_stop();

  Sequence position() const { return {position_.load()}; }
  Health health() const;

 private:
  void run(Deadline log_reaches);
  Result<void> follow(Deadline log_reaches);
  Result<void> meet_log();
  Sequence awaited() const { return met_log_ ? tail_.next() : tail_.position; }
  Result<void> take(const std::vector<EventBatchPtr>& records);
  Result<void> apply(const EventBatch& record);
  Result<void> commit();
  bool log_has(Sequence sequence);  // waits for at most idle_wait_max
  void gather();
  void set_state(WorkerState state, std::string reason = {});

  View& view_;
  Store& store_;
  const EventSource& source_;
  const Advanced advanced_;
  const Wanted wanted_;
  Tail tail_;     // the worker's thread only, as the next four
  bool met_log_;  // the log has the event record that the rows end with
  std::size_t batch_events_ = 0, last_batch_events_ = 0;
  bool command_ended_ = true;
  std::atomic<std::uint64_t> position_;
  std::mutex commit_mutex_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable stop_requested_;
  WorkerState state_ = WorkerState::idle;
  std::string reason_;

  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace florin::projections
