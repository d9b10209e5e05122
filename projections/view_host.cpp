#include "projections/view_host.hpp"

namespace florin::projections {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds readers_poll{5};

}  // namespace

// A store with the view that writes it and the worker that drives both. Removes its folder when it was
// retired.
struct ViewHost::Generation {
  std::uint64_t number = 0;
  std::filesystem::path path;
  std::unique_ptr<Store> store;
  std::unique_ptr<View> view;
  std::unique_ptr<Worker> worker;
  bool retired = false;

  Generation() = default;
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;
  ~Generation() {
    worker.reset();
    store.reset();
    std::error_code ignored;  // what stays behind is a leftover that the next open removes
    if (retired) std::filesystem::remove_all(path, ignored);
  }
};

ViewHost::ViewHost(ViewFactory views, Generations folders, const EventSource& source, StoreFactory stores)
    : views_(std::move(views)), source_(source), stores_(std::move(stores)), folders_(std::move(folders)) {}

Result<std::unique_ptr<ViewHost>> ViewHost::open(ViewFactory views, std::filesystem::path folder,
                                                 const EventSource& source, StoreFactory stores) {
  FLORIN_TRY_ASSIGN(Generations folders, Generations::open(std::move(folder)));
  std::unique_ptr<ViewHost> host(
      new ViewHost(std::move(views), std::move(folders), source, std::move(stores)));
  FLORIN_TRY(host->open_current());
  if (!host->current_) FLORIN_TRY(host->open_fresh());
  host->waiters_.advance(host->current_->worker->position());
  return host;
}

// Leaves current_ empty when there are no rows, or none that can be used.
Result<void> ViewHost::open_current() {
  if (!folders_.current()) return {};
  auto found = make(*folders_.current());
  if (found) {
    current_ = *std::move(found);
    return {};
  }
  if (found.error().code != Errc::corrupt && found.error().code != Errc::format)
    return fail(std::move(found).error());
  note_ = "rebuilt since it was opened: " + found.error().message;
  return {};
}

Result<void> ViewHost::open_fresh() {
  const auto unusable = folders_.current();
  FLORIN_TRY_ASSIGN(current_, make(folders_.next()));
  FLORIN_TRY(folders_.make_current(current_->number));
  if (unusable) FLORIN_TRY(folders_.remove(*unusable));
  return {};
}

Result<ViewHost::GenerationPtr> ViewHost::make(std::uint64_t number) {
  auto generation = std::make_shared<Generation>();
  generation->number = number;
  generation->path = folders_.path(number);
  generation->view = views_();
  FLORIN_TRY_ASSIGN(generation->store, stores_(generation->path));
  FLORIN_TRY_ASSIGN(const auto stored, generation->store->get(position_key()));
  PositionRow row{generation->view->schema(), {}};
  if (stored) {
    FLORIN_TRY_ASSIGN(row, decode_position(*stored));
  }
  if (row.schema != generation->view->schema())
    return fail(Errc::format, "the rows have schema " + std::to_string(row.schema) +
                                  ", this program writes schema " +
                                  std::to_string(generation->view->schema()));
  generation->worker = std::make_unique<Worker>(
      *generation->view, *generation->store, source_, row.tail,
      [this, raw = generation.get()](Sequence at) { on_progress(*raw, at); },
      [this] { return !waiters_.empty(); });
  return generation;
}

ViewHost::GenerationPtr ViewHost::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

void ViewHost::start(Deadline log_reaches) {
  std::lock_guard control(control_mutex_);
  current()->worker->start(log_reaches);
}

void ViewHost::stop() {
  std::lock_guard control(control_mutex_);
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    progressed_.notify_all();
  }
  if (rebuild_thread_.joinable()) rebuild_thread_.join();
  const GenerationPtr last = current();
  if (!last) return;
  last->worker->stop();
  // Only the next start gains from it: rows that are not durable are read again from the events.
  const auto flushed = last->store->flush();
  if (flushed) return;
  std::lock_guard lock(mutex_);
  note_ = "the rows could not be flushed: " + flushed.error().message;
}

Result<Reading> ViewHost::read() const {
  GenerationPtr generation = current();
  FLORIN_TRY_ASSIGN(auto rows, generation->store->snapshot());
  FLORIN_TRY_ASSIGN(const auto stored, rows->get(position_key()));
  PositionRow row;
  if (stored) {
    FLORIN_TRY_ASSIGN(row, decode_position(*stored));
  }
  return Reading(std::move(generation), std::move(rows), row.tail.position);
}

ViewStatus ViewHost::status() const {
  std::lock_guard lock(mutex_);
  ViewStatus status{
      std::string(current_->view->name()), current_->view->schema(), current_->worker->health(), {}, note_};
  if (candidate_) status.rebuilding = candidate_->worker->position();
  return status;
}

// A position counts for readers when it is the answering generation's. A candidate's positions before the
// swap are made good by the swap itself, which asks for the position after it has changed current_.
void ViewHost::on_progress(const Generation& generation, Sequence at) {
  bool answers = false;
  {
    std::lock_guard lock(mutex_);
    answers = current_.get() == &generation;
    progressed_.notify_all();
  }
  if (answers) waiters_.advance(at);
}

bool ViewHost::wait_until(const Generation& generation, Sequence reached, milliseconds at_most) {
  std::unique_lock lock(mutex_);
  const auto there = [&] { return generation.worker->position() >= reached; };
  progressed_.wait_for(lock, at_most, [&] { return stopping_ || there(); });
  return there();
}

Result<void> ViewHost::rebuild() {
  std::lock_guard control(control_mutex_);
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return fail(Errc::stopped, "the read models are shutting down");
    if (rebuilding_)
      return fail(Errc::already_exists,
                  "a rebuild of '" + std::string(current_->view->name()) + "' is running");
  }
  if (rebuild_thread_.joinable()) rebuild_thread_.join();
  const Sequence end{source_.next().value - 1}, position = waiters_.position();
  if (end < position)
    return fail(Errc::corrupt, "the event log ends at sequence " + to_string(end) +
                                   ", before the read model's position " + to_string(position) +
                                   "; a rebuild would only bring back older rows");
  FLORIN_TRY_ASSIGN(GenerationPtr candidate, make(folders_.next()));
  {
    std::lock_guard lock(mutex_);
    candidate_ = candidate;
    rebuilding_ = true;
    note_.clear();
  }
  candidate->worker->start(steady_clock::now());
  rebuild_thread_ =
      std::thread([this, ours = std::move(candidate)]() mutable { run_rebuild(std::move(ours)); });
  return {};
}

void ViewHost::run_rebuild(GenerationPtr candidate) {
  GenerationPtr old = current();
  const Result<void> replaced = replace_by(candidate);
  if (replaced) {
    waiters_.advance(candidate->worker->position());
    retire(std::move(old));
  } else {
    candidate->worker->stop();
    candidate->retired = true;
  }
  std::lock_guard lock(mutex_);
  if (!replaced) note_ = "the last rebuild was given up: " + replaced.error().message;
  candidate_.reset();
  rebuilding_ = false;
}

// The swap happens while the old generation stands still and the new one holds at least as much: no reader
// and no wait ever sees the position go back.
Result<void> ViewHost::replace_by(const GenerationPtr& candidate) {
  const GenerationPtr old = current();
  for (;;) {
    const Health health = candidate->worker->health();
    if (health.state == WorkerState::halted) return fail(Errc::stopped, health.reason);
    const bool caught_up = wait_until(*candidate, old->worker->position(), idle_wait_max);
    if (std::lock_guard lock(mutex_); stopping_) return fail(Errc::stopped, "the program was stopped");
    if (!caught_up) continue;
    FLORIN_TRY(candidate->store->flush());
    const auto standing_still = old->worker->pause();
    if (!wait_until(*candidate, old->worker->position(), swap_pause_max)) continue;
    FLORIN_TRY(folders_.make_current(candidate->number));
    old->worker->request_stop();
    std::lock_guard lock(mutex_);
    current_ = candidate;
    candidate_.reset();
    return {};
  }
}

// Queries may still read the old generation; the last of its owners closes the store and removes the folder.
void ViewHost::retire(GenerationPtr old) {
  old->worker->stop();
  old->retired = true;
  const Deadline deadline = steady_clock::now() + readers_leave_max;
  std::unique_lock lock(mutex_);
  while (old.use_count() > 1 && !stopping_ && steady_clock::now() < deadline)
    progressed_.wait_for(lock, readers_poll);
  lock.unlock();
  old.reset();
}

}  // namespace florin::projections
