#include "deploy/florin/front.hpp"

#include "deploy/florin/check_port.hpp"
#include "deploy/florin/json_reports.hpp"
#include "deploy/florin/keys_in_use.hpp"
#include "deploy/florin/observe.hpp"
#include "deploy/florin/snapshot.hpp"
#include "engine/base/assert.hpp"
#include "engine/processor/ruleset.hpp"
#include "engine/telemetry/log.hpp"
#include "gateway/outbound/forward.hpp"
#include "schemas/openapi.hpp"

namespace florin {
namespace {

constexpr std::size_t worker_threads = 1;  // for queries: RocksDB is not read on the I/O thread

}  // namespace

Result<std::unique_ptr<Front>> Front::open(const UnitPorts& ports, Unit& unit, const Stopwatch& since_start) {
  std::unique_ptr<Front> front(new Front(ports, unit, since_start));
  FLORIN_TRY(front->open_access());
  FLORIN_TRY(front->open_queries());
  front->bind_api();
  front->admin_ = std::make_unique<gateway::AdminPorts>(front->admin_ports());
  gateway::bind_admin(front->admin_router_, *front->admin_);
  FLORIN_TRY(front->start_server());
  return front;
}

Front::Front(const UnitPorts& ports, Unit& unit, const Stopwatch& since_start)
    : ports_(ports),
      unit_(unit),
      since_start_(since_start),
      readiness_(since_start, unit),
      workers_(worker_threads),
      api_router_(gateway::api_endpoints()),
      admin_router_(gateway::admin_endpoints()) {}

Result<void> Front::open_access() {
  const OpenedKeys& keys = ports_.keys;
  FLORIN_TRY_ASSIGN(auto signing, gateway::SigningKeys::load(*keys.keyring, ports_.clock.now()));
  token_keys_ = std::make_unique<gateway::TokenKeys>(std::move(signing), ports_.clock);
  introductions_ = std::make_unique<gateway::Introductions>(*keys.keyring, ports_.clock);
  if (!ports_.roles.gateway) {
    authenticator_ = std::make_unique<gateway::Introductions>(*keys.keyring, ports_.clock);
    return {};
  }
  auto& directory = unit_.views()->directory();
  issuer_ = std::make_unique<gateway::ClientTokenIssuer>(*token_keys_, directory, ports_.clock);
  authenticator_ = std::make_unique<gateway::BearerAuthenticator>(*token_keys_, directory, ports_.clock);
  FLORIN_TRY_ASSIGN(hasher_, gateway::KeyedIdempotencyHasher::open(*keys.keyring, ports_.clock));
  limiter_ = std::make_unique<gateway::RateLimiter>(
      gateway::RatePolicy{static_cast<std::uint32_t>(ports_.settings.rate_limit_per_minute), 60});
  commands_ = std::make_unique<gateway::CommandPorts>(
      gateway::CommandPorts{*unit_.appender(), *hasher_, *issuer_, workers_});
  return {};
}

Result<void> Front::open_queries() {
  head_ = unit_.head();
  if (ports_.roles.projector) {
    projections::ReadModels& views = *unit_.views();
    // What a gateway passes on it has compared with the head.
    if (!ports_.roles.gateway) head_ = {[] { return Sequence{~std::uint64_t{0}}; }};
    queries_ = std::make_unique<gateway::QueryPorts>(
        gateway::QueryPorts{views.balances(), views.accounts(), views.history(), views.transfers(),
                            views.transactions(), views.directory(), workers_, head_});
  } else if (ports_.roles.gateway) {
    FLORIN_TRY_ASSIGN(projectors_,
                      gateway::Projectors::open({ports_.settings.projectors,
                                                 std::chrono::milliseconds(ports_.settings.deadline_ms)}));
  }
  return {};
}

void Front::bind_api() {
  if (commands_) gateway::bind_commands(api_router_, *commands_);
  if (queries_) gateway::bind_queries(api_router_, *queries_);
  if (projectors_)
    gateway::bind_forwarding(api_router_,
                             {*projectors_, *introductions_, unit_.views()->directory(), workers_, head_});
  facts_ = {FLORIN_VERSION, std::string(openapi_json()), [this] { return token_keys_->current()->jwks(); },
            [this] { return ports_.metrics.text(); }, [this] { return readiness_.missing(); }};
  gateway::bind_facts(api_router_, facts_);
  if (ports_.roles.all()) FLORIN_ASSERT(api_router_.unbound().empty());
  api_router_.leave_out_unbound();
}

Result<std::string> Front::status() const {
  nlohmann::ordered_json json{{"partition", unit_.id().value},
                              {"journal_head", unit_.journal().head().value},
                              {"last_event", unit_.last_event().value}};
  if (const auto* engine = unit_.engine()) {
    json["engine_next_ordinal"] = engine->status().next_ordinal.value;
    json["engine_next_sequence"] = engine->status().next_sequence.value;
    json["engine_publishes"] = engine->engine().publishes();
  }
  if (const auto* appender = unit_.appender()) json["in_flight"] = appender->in_flight();
  if (auto* views = unit_.views())
    for (const auto& view : views->status()) json["projections"].push_back(view_json(view));
  return json.dump();
}

gateway::AccessPorts Front::access_ports() {
  return {*unit_.appender(), unit_.views()->directory(),
          key_port({*ports_.keys.keyring, *ports_.keys.storage_keys, *unit_.appender(), *token_keys_,
                    *hasher_, ports_.clock}),
          processor::newest_ruleset};
}

gateway::AdminPorts Front::admin_ports() {
  gateway::AdminPorts ports{workers_};
  ports.status = [this] { return status(); };
  if (ports_.roles.gateway) ports.access.emplace(access_ports());
  if (auto* state = unit_.state()) {
    ports.digest = [state]() -> Result<std::string> {
      FLORIN_TRY_ASSIGN(const auto snapshot, state->store->snapshot());
      FLORIN_TRY_ASSIGN(const auto found, processor::state_digest(*snapshot));
      return digest_json(found).dump();
    };
    ports.snapshot = [this, state](std::string_view folder) {
      return snapshot_engine(*state, ports_.keys, ports_.settings, folder);
    };
  }
  if (auto* views = unit_.views())
    ports.rebuild = [views](std::string_view view) -> Result<std::string> {
      FLORIN_TRY(views->rebuild(view));
      return nlohmann::ordered_json{{"rebuilding", view}}.dump();
    };
  if (auto* check = unit_.check()) ports.check = check_port(*check);
  return ports;
}

Result<void> Front::start_server() {
  const Settings& settings = ports_.settings;
  gateway::Listener api;
  api.host = settings.listen.host;
  api.port = settings.listen.port;
  if (!settings.tls_cert.empty()) api.tls = {settings.tls_cert.string(), settings.tls_key.string()};
  api.peers = settings.behind_proxy;
  api.site = {&api_router_, authenticator_.get(), limiter_.get()};
  gateway::Listener admin;
  admin.unix_path = settings.admin_socket.string();
  admin.site = {&admin_router_, nullptr, nullptr};

  gateway::ServerLimits limits;
  limits.connections_max = settings.max_connections;
  limits.idle = std::chrono::milliseconds(settings.idle_timeout_ms);
  limits.handler = std::chrono::milliseconds(settings.deadline_ms);
  gateway::ServerHooks hooks;
  hooks.access = access_hook(ports_.metrics);
  admin_router_.leave_out_unbound();
  FLORIN_TRY_ASSIGN(server_,
                    gateway::Server::start({std::move(api), std::move(admin)}, limits, std::move(hooks)));
  log::info("serving", {{"host", settings.listen.host},
                        {"port", server_->port(0)},
                        {"data", settings.data.string()},
                        {"after_ms", since_start_.ms()}});
  return {};
}

void Front::stop() {
  if (server_) server_->stop(std::chrono::milliseconds(ports_.settings.drain_ms));
}

}  // namespace florin
