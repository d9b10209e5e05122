#include "deploy/florin/unit.hpp"

#include <future>
#include <thread>

#include "deploy/florin/flushed_store.hpp"
#include "deploy/florin/observe.hpp"
#include "deploy/florin/recovery.hpp"
#include "deploy/florin/stopwatch.hpp"
#include "engine/processor/sole_engine.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {
namespace {

// Replay after a crash, as read models that are ahead see it: at most so long, and so long for each record.
constexpr std::chrono::seconds log_reaches_max{60}, record_replays_max{1};
// On a broker the record that opened an older epoch may arrive late, hardly more than once.
constexpr std::uint32_t fenced_max_on_kafka = 3;
// An append takes so long there, so that a group which waits for company loses little and saves requests.
constexpr std::chrono::microseconds gather_max_on_kafka{2'000};
// How long the broker is asked where the journal ends.
constexpr std::chrono::seconds look_at_journal_max{2};
// How long the state may take to follow what was decided, and how often it is looked at.
constexpr std::chrono::seconds state_wait_max{2};
constexpr std::chrono::milliseconds state_look{1};
// Events that a read model may be behind and still be called ready.
constexpr std::uint64_t ready_lag_max = 100'000;
// Engines append ticks under names of their own, which no gateway has.
constexpr std::uint64_t first_engine_appender = node_max + 1;

}  // namespace

Result<std::unique_ptr<Unit>> Unit::embedded(const UnitPorts& ports, DataFolder data) {
  std::unique_ptr<Unit> unit(new Unit(ports, embedded_partition, ports.settings.data));
  unit->data_ = std::move(data);
  DataFolder& own = unit->data_;
  unit->journal_ = own.journal.get();
  unit->events_ = own.events.get();
  unit->state_ = &own;
  FLORIN_TRY_ASSIGN(auto processor, processor::Processor::open({*own.journal, *own.store, *own.events,
                                                                *ports.keys.envelope, own.quarantine},
                                                               embedded_partition));
  FLORIN_TRY(unit->catch_up(*processor));
  unit->open_engine(std::make_unique<processor::SoleEngine>(std::move(processor), *own.journal));
  unit->open_check(own.quarantine);
  return unit;
}

Result<std::unique_ptr<Unit>> Unit::on_kafka(const UnitPorts& ports, PartitionId id) {
  const auto folder = ports.settings.data / ("partition-" + to_string(id));
  FLORIN_TRY(make_data_folder(folder));
  std::unique_ptr<Unit> unit(new Unit(ports, id, folder));
  FLORIN_TRY_ASSIGN(unit->kafka_, KafkaPartition::open(ports.settings, ports.keys, id, IfMissing::create));
  unit->journal_ = &unit->kafka_->journal();
  unit->events_ = &unit->kafka_->events();
  if (ports.roles.engine) {
    FLORIN_TRY_ASSIGN(auto replica, unit->kafka_->open_engine(ports.settings, ports.keys, folder / "engine"));
    unit->state_ = &unit->kafka_->state();
    unit->published_before_ = unit->last_event();
    unit->open_engine(std::move(replica));
  }
  if (ports.roles.gateway || ports.roles.projector) FLORIN_TRY(unit->open_views(0));
  if (ports.roles.gateway) wait_for_directory(*unit->views_, unit->last_event());
  if (ports.roles.all()) unit->open_check(unit->kafka_->quarantine());
  return unit;
}

// The engine with the journal; and beside it the read models with the events that are stored, and then with
// those that the engine publishes again.
Result<void> Unit::catch_up(processor::Processor& engine) {
  const std::uint64_t records = journal_->head().value - engine.status().next_ordinal.value;
  auto views = std::async(std::launch::async, [this, records] { return open_views(records); });
  FLORIN_TRY(recover(engine, *journal_));
  FLORIN_TRY(views.get());
  wait_for_directory(*views_, last_event());
  return {};
}

Result<void> Unit::open_views(std::uint64_t records_to_replay) {
  const Stopwatch watch;
  const auto stores = [this](const std::filesystem::path& folder) -> Result<std::unique_ptr<Store>> {
    FLORIN_TRY_ASSIGN(
        auto store, open_store(ports_.settings, ports_.keys.storage_keys, folder, use_of_read_model(folder)));
    return std::make_unique<FlushedStore>(
        std::move(store), [this](const Error& error) { ports_.failed("read_models", error); });
  };
  const auto models = ports_.roles.projector ? projections::Models::all : projections::Models::directory;
  FLORIN_TRY_ASSIGN(views_, projections::ReadModels::open(folder_ / "views", *events_, stores, models));
  views_->start(std::chrono::steady_clock::now() + log_reaches_max + records_to_replay * record_replays_max);
  log::info("read_models_opened", {{"duration_ms", watch.ms()}});
  return {};
}

void Unit::open_engine(std::unique_ptr<processor::Engine> engine) {
  processor::Runner::Hooks hooks;
  hooks.tick = [this] { append_tick(); };
  hooks.now = [this] { return ports_.clock.now(); };
  hooks.failed = [this](const Error& error) { ports_.failed("engine", error); };
  hooks.committed = [records = ports_.metrics.histogram("florin_engine_commit_records",
                                                        "Journal records decided in one commit.",
                                                        batch_buckets())](std::size_t count) mutable {
    records.observe(static_cast<double>(count));
  };
  engine_ = std::make_unique<processor::Runner>(std::move(engine), std::move(hooks));
}

void Unit::open_check(const Quarantine& quarantine) {
  const auto open_scratch = [this](const std::filesystem::path& folder) {
    return open_store(ports_.settings, ports_.keys.storage_keys, folder);
  };
  CheckPorts check{*state_->store,    *journal_,    *ports_.keys.envelope,
                   *events_,          *views_,      id_,
                   folder_ / "check", open_scratch, quarantine};
  check.events_in_store = !kafka_;
  check_ = std::make_unique<LiveCheck>(std::move(check));
}

Result<void> Unit::open_appender() {
  gateway::GroupOptions options;
  options.partition = id_;
  options.appender = {ports_.settings.node + (ports_.roles.gateway ? 0 : first_engine_appender)};
  if (kafka_) {
    options.rank = rank_of(ports_.settings, id_);
    options.fenced_max = fenced_max_on_kafka;
    options.gather_max = gather_max_on_kafka;
  }
  FLORIN_TRY_ASSIGN(options.key, ports_.keys.keyring->newest(KeyPurpose::data));
  options.answer_max = std::chrono::milliseconds(ports_.settings.deadline_ms);
  options.on_group = group_hook(ports_.metrics);
  options.on_failure = [this](const Error& error) {
    log::error("journal_failed", {{"code", name(error.code)}, {"reason", error.message}});
    if (kafka_) ports_.failed("appender", error);
  };
  options.room = [this] { return ports_.space.enough(); };
  FLORIN_TRY_ASSIGN(appender_,
                    gateway::GroupAppender::open({*journal_, decided(), *ports_.keys.envelope, ports_.clock},
                                                 std::move(options)));
  return {};
}

Result<void> Unit::start() {
  if (ports_.roles.gateway || ports_.roles.engine) FLORIN_TRY(open_appender());
  if (engine_) engine_->start();  // now that there is an appender for its ticks
  return {};
}

Metrics::Labels Unit::labels() const {
  if (!kafka_) return {};
  return {{"partition", number_}};
}

// What commands are answered from.
const EventSource& Unit::decided() const {
  if (kafka_) return kafka_->events().decided();
  return *events_;
}

// Another process may have answered from what its engine has decided and not published yet; of that at least
// the command is in the journal.
gateway::EventHead Unit::head() const {
  // What arrives is published first and known as decided a moment later.
  const auto known = [this] { return std::max(last_event(), Sequence{decided().next().value - 1}); };
  gateway::EventHead head{known};
  if (kafka_) head.is_behind = [this] { return kafka_->is_behind(kafka::deadline_in(look_at_journal_max)); };
  return head;
}

void Unit::wait_for_state() const {
  const Sequence wanted = decided().next();
  const auto deadline = std::chrono::steady_clock::now() + state_wait_max;
  while (engine_ && engine_->status().stored < wanted && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(state_look);
}

std::string Unit::not_ready() const {
  if (appender_ && !appender_->healthy()) return "the journal accepts nothing";
  if (kafka_)
    if (const auto alive = kafka_->events().alive(); !alive) return "events are not read any more";
  if (engine_ && engine_->status().next_sequence <= published_before_)
    return "the engine has not decided yet what was published before it started";
  if (!views_) return {};
  for (const auto& view : views_->status()) {
    if (view.health.state != projections::WorkerState::running)
      return "the read model " + view.name + " is " + std::string(name(view.health.state));
    if (view.health.lag > ready_lag_max)
      return "the read model " + view.name + " is " + std::to_string(view.health.lag) + " events behind";
  }
  return {};
}

void Unit::append_tick() {
  // Not answered to anyone: whether it worked shows in what is due.
  if (auto taken = appender_->submit({CommandHeader{}, Tick{}}, [](const Result<gateway::Outcome>&) {});
      !taken)
    log::warn("tick_refused", {{"reason", taken.error().message}});
}

void Unit::stop() {
  if (check_) check_->stop();
  if (appender_) appender_->stop();
  if (journal_ != nullptr) journal_->stop();
  if (engine_) engine_->stop();
  if (views_) views_->stop();
  if (events_ != nullptr) events_->stop();
  check_.reset();
  views_.reset();
  appender_.reset();
  engine_.reset();
  journal_ = nullptr;
  events_ = nullptr;
  kafka_.reset();
  data_.close();
}

}  // namespace florin
