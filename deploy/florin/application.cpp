#include "deploy/florin/application.hpp"

#include <future>

#include "deploy/florin/check_port.hpp"
#include "deploy/florin/data_folder.hpp"
#include "deploy/florin/flushed_store.hpp"
#include "deploy/florin/json_reports.hpp"
#include "deploy/florin/keys_in_use.hpp"
#include "deploy/florin/observe.hpp"
#include "deploy/florin/readiness.hpp"
#include "deploy/florin/recovery.hpp"
#include "deploy/florin/snapshot.hpp"
#include "deploy/florin/space_guard.hpp"
#include "deploy/florin/stopwatch.hpp"
#include "engine/base/assert.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/processor/runner.hpp"
#include "engine/telemetry/log.hpp"
#include "engine/telemetry/metrics.hpp"
#include "gateway/admin/admin.hpp"
#include "gateway/appender/group.hpp"
#include "gateway/auth/idempotency.hpp"
#include "gateway/auth/tokens.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/http/server.hpp"
#include "gateway/queries/queries.hpp"
#include "projections/read_models.hpp"
#include "schemas/openapi.hpp"

namespace florin {
namespace {

constexpr std::size_t worker_threads = 1;  // for queries: RocksDB is not read on the I/O thread
// Replay after a crash, as read models that are ahead see it: at most so long, and so long for each record.
constexpr std::chrono::seconds log_reaches_max{60}, record_replays_max{1};

class EmbeddedApplication final : public Application {
 public:
  EmbeddedApplication(const Settings& settings, std::function<void()> failed)
      : settings_(settings),
        failed_(std::move(failed)),
        space_({settings.data, settings.journal_path}, settings.disk_reserve_mib << 20) {}
  ~EmbeddedApplication() override { stop(); }

  Result<void> start();
  std::uint16_t port() const override { return server_->port(0); }
  void stop() override;

 private:
  Result<void> open_engine();
  Result<void> catch_up(processor::Processor& engine);
  Result<void> start_read_models(std::uint64_t records_to_replay);
  void prepare_check();
  Result<void> start_appender();
  Result<void> start_access();
  Result<void> start_server();
  void append_tick();
  void fail_process(std::string_view room, const Error& error);
  gateway::AdminPorts admin_ports();

  const Stopwatch since_start_;
  const Settings& settings_;
  const std::function<void()> failed_;
  const SystemClock clock_;
  Metrics metrics_;
  DataFolder data_;
  const SpaceGuard space_;
  std::unique_ptr<processor::Runner> engine_;
  std::unique_ptr<projections::ReadModels> views_;
  std::unique_ptr<LiveCheck> check_;
  std::unique_ptr<gateway::GroupAppender> appender_;
  std::unique_ptr<Readiness> readiness_;
  std::unique_ptr<gateway::TokenKeys> token_keys_;
  std::unique_ptr<gateway::ClientTokenIssuer> issuer_;
  std::unique_ptr<gateway::BearerAuthenticator> authenticator_;
  std::unique_ptr<gateway::KeyedIdempotencyHasher> hasher_;
  std::unique_ptr<gateway::RateLimiter> limiter_;
  std::unique_ptr<gateway::WorkerPool> workers_;
  std::unique_ptr<gateway::CommandPorts> command_ports_;
  std::unique_ptr<gateway::QueryPorts> query_ports_;
  gateway::ServerFacts facts_;
  std::unique_ptr<gateway::AdminPorts> admin_;
  std::unique_ptr<gateway::Router> api_router_, admin_router_;
  std::unique_ptr<gateway::Server> server_;
};

Result<void> EmbeddedApplication::start() {
  FLORIN_TRY_ASSIGN(data_, DataFolder::open(settings_, clock_, IfMissing::create));
  log::info(
      "opened",
      {{"journal_ms", data_.journal_ms}, {"state_ms", data_.state_ms}, {"after_ms", since_start_.ms()}});
  FLORIN_TRY(open_engine());
  prepare_check();
  FLORIN_TRY(start_appender());
  engine_->start();  // now that there is an appender for its ticks
  FLORIN_TRY(start_access());
  watch(metrics_, {*data_.journal, *engine_, *appender_, *views_, space_});
  watch_keys(metrics_, {*data_.keyring, *data_.storage_keys, clock_, settings_.data});
  return start_server();
}

Result<void> EmbeddedApplication::open_engine() {
  FLORIN_TRY_ASSIGN(auto opened, processor::Processor::open({*data_.journal, *data_.store, *data_.events,
                                                             *data_.envelope, data_.quarantine},
                                                            embedded_partition));
  FLORIN_TRY(catch_up(*opened));
  processor::Runner::Hooks hooks;
  hooks.tick = [this] { append_tick(); };
  hooks.now = [this] { return clock_.now(); };
  hooks.failed = [this](const Error& error) { fail_process("engine", error); };
  hooks.committed = [records = metrics_.histogram("florin_engine_commit_records",
                                                  "Journal records decided in one commit.", batch_buckets())](
                        std::size_t count) mutable { records.observe(static_cast<double>(count)); };
  engine_ = std::make_unique<processor::Runner>(std::move(opened), *data_.journal, std::move(hooks));
  return {};
}

// The engine with the journal; and beside it the read models with the events that are stored, and then with
// those that the engine publishes again.
Result<void> EmbeddedApplication::catch_up(processor::Processor& engine) {
  const std::uint64_t records = data_.journal->head().value - engine.status().next_ordinal.value;
  auto views = std::async(std::launch::async, [this, records] { return start_read_models(records); });
  FLORIN_TRY(recover(engine, *data_.journal));
  FLORIN_TRY(views.get());
  wait_for_directory(*views_, Sequence{data_.events->next().value - 1});
  return {};
}

Result<void> EmbeddedApplication::start_read_models(std::uint64_t records_to_replay) {
  const Stopwatch watch;
  const auto stores = [this](const std::filesystem::path& folder) -> Result<std::unique_ptr<Store>> {
    FLORIN_TRY_ASSIGN(auto store,
                      open_store(settings_, data_.storage_keys, folder, use_of_read_model(folder)));
    return std::make_unique<FlushedStore>(std::move(store),
                                          [this](const Error& error) { fail_process("read_models", error); });
  };
  FLORIN_TRY_ASSIGN(views_, projections::ReadModels::open(settings_.data / "views", *data_.events, stores));
  views_->start(std::chrono::steady_clock::now() + log_reaches_max + records_to_replay * record_replays_max);
  log::info("read_models_opened", {{"duration_ms", watch.ms()}});
  return {};
}

void EmbeddedApplication::prepare_check() {
  const auto open_scratch = [this](const std::filesystem::path& folder) {
    return open_store(settings_, data_.storage_keys, folder);
  };
  check_ = std::make_unique<LiveCheck>(CheckPorts{*data_.store, *data_.journal, *data_.envelope,
                                                  *data_.events, *views_, embedded_partition,
                                                  settings_.data / "check", open_scratch, data_.quarantine});
}

Result<void> EmbeddedApplication::start_appender() {
  gateway::GroupOptions options;
  options.partition = embedded_partition;
  FLORIN_TRY_ASSIGN(options.key, data_.keyring->newest(KeyPurpose::data));
  options.answer_max = std::chrono::milliseconds(settings_.deadline_ms);
  options.on_group = group_hook(metrics_);
  options.on_failure = [](const Error& error) {
    log::error("journal_failed", {{"code", name(error.code)}, {"reason", error.message}});
  };
  options.room = [this] { return space_.enough(); };
  FLORIN_TRY_ASSIGN(appender_,
                    gateway::GroupAppender::open({*data_.journal, *data_.events, *data_.envelope, clock_},
                                                 std::move(options)));
  return {};
}

Result<void> EmbeddedApplication::start_access() {
  FLORIN_TRY_ASSIGN(auto keys, gateway::SigningKeys::load(*data_.keyring, clock_.now()));
  token_keys_ = std::make_unique<gateway::TokenKeys>(std::move(keys), clock_);
  issuer_ = std::make_unique<gateway::ClientTokenIssuer>(*token_keys_, views_->directory(), clock_);
  authenticator_ = std::make_unique<gateway::BearerAuthenticator>(*token_keys_, views_->directory(), clock_);
  FLORIN_TRY_ASSIGN(hasher_, gateway::KeyedIdempotencyHasher::open(*data_.keyring, clock_));
  limiter_ = std::make_unique<gateway::RateLimiter>(
      gateway::RatePolicy{static_cast<std::uint32_t>(settings_.rate_limit_per_minute), 60});
  workers_ = std::make_unique<gateway::WorkerPool>(worker_threads);
  return {};
}

void EmbeddedApplication::append_tick() {
  // Not answered to anyone: whether it worked shows in what is due.
  if (auto taken = appender_->submit({CommandHeader{}, Tick{}}, [](const Result<gateway::Outcome>&) {});
      !taken)
    log::warn("tick_refused", {{"reason", taken.error().message}});
}

void EmbeddedApplication::fail_process(std::string_view room, const Error& error) {
  log::error("failed", {{"room", room}, {"code", name(error.code)}, {"reason", error.message}});
  failed_();
}

gateway::AdminPorts EmbeddedApplication::admin_ports() {
  const auto digest = [this]() -> Result<std::string> {
    FLORIN_TRY_ASSIGN(const auto snapshot, data_.store->snapshot());
    FLORIN_TRY_ASSIGN(const auto found, processor::state_digest(*snapshot));
    return digest_json(found).dump();
  };
  const auto status = [this]() -> Result<std::string> {
    nlohmann::ordered_json json{{"journal_head", data_.journal->head().value},
                                {"engine_next_ordinal", engine_->status().next_ordinal.value},
                                {"engine_next_sequence", engine_->status().next_sequence.value}};
    for (const auto& view : views_->status()) json["projections"].push_back(view_json(view));
    return json.dump();
  };
  const auto rebuild = [this](std::string_view view) -> Result<std::string> {
    FLORIN_TRY(views_->rebuild(view));
    return nlohmann::ordered_json{{"rebuilding", view}}.dump();
  };
  const auto snapshot = [this](std::string_view folder) { return snapshot_engine(data_, settings_, folder); };
  return {*appender_,
          views_->directory(),
          *workers_,
          digest,
          status,
          rebuild,
          check_port(*check_),
          key_port({*data_.keyring, *data_.storage_keys, *appender_, *token_keys_, *hasher_, clock_}),
          snapshot,
          processor::newest_ruleset};
}

Result<void> EmbeddedApplication::start_server() {
  api_router_ = std::make_unique<gateway::Router>(gateway::api_endpoints());
  command_ports_ = std::make_unique<gateway::CommandPorts>(
      gateway::CommandPorts{*appender_, *hasher_, *issuer_, *workers_});
  gateway::bind_commands(*api_router_, *command_ports_);
  query_ports_ = std::make_unique<gateway::QueryPorts>(gateway::QueryPorts{
      views_->balances(), views_->accounts(), views_->history(), views_->transfers(), views_->transactions(),
      views_->directory(), *workers_, [this] { return Sequence{data_.events->next().value - 1}; }});
  gateway::bind_queries(*api_router_, *query_ports_);
  readiness_ = std::make_unique<Readiness>(since_start_, *appender_, *views_);
  facts_ = {FLORIN_VERSION, std::string(openapi_json()), [this] { return token_keys_->current()->jwks(); },
            [this] { return metrics_.text(); }, [this] { return readiness_->missing(); }};
  gateway::bind_facts(*api_router_, facts_);
  FLORIN_ASSERT(api_router_->unbound().empty());
  admin_ = std::make_unique<gateway::AdminPorts>(admin_ports());
  admin_router_ = std::make_unique<gateway::Router>(gateway::admin_endpoints());
  gateway::bind_admin(*admin_router_, *admin_);

  gateway::Listener api;
  api.host = settings_.listen.host;
  api.port = settings_.listen.port;
  if (!settings_.tls_cert.empty()) api.tls = {settings_.tls_cert.string(), settings_.tls_key.string()};
  api.peers = settings_.behind_proxy;
  api.site = {api_router_.get(), authenticator_.get(), limiter_.get()};
  gateway::Listener admin;
  admin.unix_path = settings_.admin_socket.string();
  admin.site = {admin_router_.get(), nullptr, nullptr};

  gateway::ServerLimits limits;
  limits.connections_max = settings_.max_connections;
  limits.idle = std::chrono::milliseconds(settings_.idle_timeout_ms);
  limits.handler = std::chrono::milliseconds(settings_.deadline_ms);
  gateway::ServerHooks hooks;
  hooks.access = access_hook(metrics_);
  FLORIN_TRY_ASSIGN(server_,
                    gateway::Server::start({std::move(api), std::move(admin)}, limits, std::move(hooks)));
  log::info("serving", {{"host", settings_.listen.host},
                        {"port", server_->port(0)},
                        {"data", settings_.data.string()},
                        {"after_ms", since_start_.ms()}});
  return {};
}

void EmbeddedApplication::stop() {
  if (server_) server_->stop(std::chrono::milliseconds(settings_.drain_ms));
  if (check_) check_->stop();
  if (appender_) appender_->stop();
  if (data_.journal) data_.journal->stop();
  if (engine_) engine_->stop();
  if (views_) views_->stop();
  if (data_.events) data_.events->stop();
  server_.reset();
  workers_.reset();
  check_.reset();
  views_.reset();
  appender_.reset();
  engine_.reset();
  data_.close();
}

}  // namespace

Result<std::unique_ptr<Application>> Application::start(const Settings& settings,
                                                        std::function<void()> failed) {
  auto application = std::make_unique<EmbeddedApplication>(settings, std::move(failed));
  FLORIN_TRY(application->start());
  return application;
}

}  // namespace florin
