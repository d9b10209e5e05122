#include "deploy/florin/live_check.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "deploy/florin/read_model_check.hpp"
#include "engine/replay/replay_check.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr int check_niceness = 10;
constexpr std::chrono::milliseconds read_model_poll{10};

// Linux gives each thread a niceness of its own. Where that fails the check is only less polite.
void give_way() { (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), check_niceness); }

// An empty folder, and no folder again when it is done.
class Scratch {
 public:
  explicit Scratch(const fs::path& folder) : folder_(folder) { remove(folder_); }
  ~Scratch() { remove(folder_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  static void remove(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) log::warn("check_leftover", {{"folder", folder.string()}, {"reason", error.message()}});
  }

 private:
  const fs::path folder_;
};

Result<processor::Partition> partition_of(const StoreReader& snapshot) {
  FLORIN_TRY_ASSIGN(const auto row, snapshot.get(processor::state_key(Bytes{processor::row_partition})));
  if (!row) return fail(Errc::corrupt, "the state has no row of its partition; remove it and start again");
  return processor::decode_partition(*row);
}

}  // namespace

LiveCheck::LiveCheck(CheckPorts ports) : ports_(std::move(ports)) { Scratch::remove(ports_.scratch); }

Result<std::uint64_t> LiveCheck::start(bool with_replay) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return fail(Errc::stopped, "the server is shutting down");
  if (state_ == State::running)
    return fail(Errc::already_exists, "check " + std::to_string(number_) +
                                          " is running; wait for it, or end it with `florin check --cancel`");
  if (thread_.joinable()) thread_.join();
  cancelled_ = false;
  state_ = State::running;
  with_replay_ = with_replay;
  phase_ = "snapshot";
  of_ = 0;
  started_ = steady_clock::now();
  thread_ = std::thread([this, with_replay] { run(with_replay); });
  return ++number_;
}

Result<void> LiveCheck::cancel() {
  const std::lock_guard lock(mutex_);
  if (state_ != State::running) return fail(Errc::not_found, "no check is running; nothing was cancelled");
  cancelled_ = true;
  return {};
}

void LiveCheck::stop() {
  std::thread last;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    cancelled_ = true;
    last.swap(thread_);
  }
  if (last.joinable()) last.join();
}

nlohmann::ordered_json LiveCheck::status() const {
  static constexpr std::array<std::string_view, 5> names{"none", "running", "done", "cancelled", "failed"};
  const std::lock_guard lock(mutex_);
  nlohmann::ordered_json json{{"check", number_}, {"state", names[static_cast<std::size_t>(state_)]}};
  if (state_ == State::none) return json;
  const auto until = state_ == State::running ? steady_clock::now() : ended_;
  json["replay"] = with_replay_;
  json["seconds"] = std::chrono::duration<double>(until - started_).count();
  if (state_ == State::running) {
    json["phase"] = phase_;
    json["done"] = done_.load();
    json["of"] = of_;
  }
  if (state_ == State::failed) json["reason"] = reason_;
  if (state_ == State::done) add_json(json, report_);
  return json;
}

void LiveCheck::run(bool with_replay) {
  give_way();
  log::info("check_started", {{"replay", with_replay}});
  auto report = check(with_replay);
  const std::lock_guard lock(mutex_);
  ended_ = steady_clock::now();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(ended_ - started_).count();
  if (report) {
    state_ = State::done;
    report_ = *std::move(report);
    log::write(
        report_.ok() ? log::Level::info : log::Level::error, "check_done",
        {{"ok", report_.ok()}, {"sequence", report_.digest.next_sequence.value - 1}, {"duration_ms", ms}});
  } else {
    state_ = cancelled_ ? State::cancelled : State::failed;
    reason_ = report.error().message;
    log::warn("check_ended", {{"reason", reason_}, {"duration_ms", ms}});
  }
}

replay::GoOn LiveCheck::begin(std::string_view phase, std::uint64_t of) {
  const std::lock_guard lock(mutex_);
  phase_ = phase;
  of_ = of;
  done_ = 0;
  return [this](std::uint64_t done) { return go_on(done); };
}

Result<void> LiveCheck::go_on(std::uint64_t done) {
  done_ = done;
  if (cancelled_) return fail(Errc::stopped, "the check was cancelled");
  return {};
}

Result<BookReport> LiveCheck::check(bool with_replay) {
  FLORIN_TRY_ASSIGN(const auto snapshot, ports_.store.snapshot());
  FLORIN_TRY_ASSIGN(const auto partition, partition_of(*snapshot));
  BookReport report;
  FLORIN_TRY(check_read_models(*snapshot, partition.next_sequence, report));
  FLORIN_TRY_ASSIGN(auto state, replay::check_state(*snapshot, begin("state")));
  report.digest = state.digest;
  report.of(Invariant::rows) = std::move(state.rows);
  report.of(Invariant::sums) = std::move(state.sums);
  report.of(Invariant::pending) = std::move(state.pending);
  report.of(Invariant::limits) = std::move(state.limits);
  report.of(Invariant::ids) = std::move(state.ids);
  if (with_replay) FLORIN_TRY(replay_journal(*snapshot, report));
  return report;
}

// First of all, so that few events come between the snapshot and the read model.
Result<void> LiveCheck::check_read_models(const StoreReader& snapshot, Sequence next, BookReport& report) {
  const replay::GoOn go_on = begin("read_models");
  Findings& findings = report.of(Invariant::read_models).emplace();
  auto model = reach({next.value - 1});
  FLORIN_TRY(go_on(0));
  if (!model) {
    findings.add("it cannot be compared: " + model.error().message);
    return {};
  }
  report.read_models_at = model->at();
  FLORIN_TRY_ASSIGN(const auto compared, check_balances(snapshot, next, *model, ports_.events, go_on));
  findings = compared.findings;
  report.accounts_compared = compared.accounts;
  return {};
}

// The read model as soon as it holds this event.
Result<projections::BalancesWalk> LiveCheck::reach(Sequence wanted) const {
  const auto deadline = steady_clock::now() + ports_.read_model_reaches;
  while (ports_.views.balances().position() < wanted && !cancelled_) {
    for (const projections::ViewStatus& view : ports_.views.status())
      if (view.health.state == projections::WorkerState::halted && view.name == "balances")
        return fail(Errc::corrupt, view.health.reason);
    if (steady_clock::now() > deadline)
      return fail(Errc::deadline, "the read model of balances is at " +
                                      to_string(ports_.views.balances().position()) + " and not at " +
                                      to_string(wanted) + " yet; check again when it has caught up");
    std::this_thread::sleep_for(read_model_poll);
  }
  return ports_.views.walk_balances();
}

Result<void> LiveCheck::replay_journal(const StoreReader& snapshot, BookReport& report) {
  // State and events on the disk are more than the state of a replay; a compaction may hold it twice.
  FLORIN_TRY(room_on_disk(ports_.store.bytes_on_disk() + ports_.disk_reserve));
  const replay::GoOn cancelled = begin("replay", report.digest.next_ordinal.value);
  const replay::GoOn go_on = [&](std::uint64_t done) -> Result<void> {
    FLORIN_TRY(cancelled(done));
    return room_on_disk(ports_.disk_reserve);
  };
  const Scratch scratch(ports_.scratch);
  FLORIN_TRY_ASSIGN(const auto store, ports_.open_scratch(ports_.scratch));
  const EventSource* published = ports_.events_in_store ? nullptr : &ports_.events;
  FLORIN_TRY_ASSIGN(auto replayed, replay::check_replay({snapshot, ports_.journal, ports_.envelope,
                                                         ports_.partition, ports_.quarantine, published},
                                                        report.digest, *store, go_on));
  report.replayed = replayed.records;
  report.of(Invariant::events) = std::move(replayed.broken_events);
  report.of(Invariant::digest) = std::move(replayed.broken_state);
  return {};
}

Result<void> LiveCheck::room_on_disk(std::uint64_t wanted) const {
  std::error_code error;
  const fs::space_info space = fs::space(ports_.scratch.parent_path(), error);
  if (!error && space.available >= wanted) return {};
  return fail(Errc::disk_full, "a replay wants " + std::to_string(wanted >> 20) + " MiB free at " +
                                   ports_.scratch.parent_path().string() +
                                   "; make room, or check with --no-replay");
}

}  // namespace florin
