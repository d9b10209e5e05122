#include "deploy/florin/front.hpp"

#include "deploy/florin/admin_ports.hpp"
#include "deploy/florin/keys_in_use.hpp"
#include "deploy/florin/observe.hpp"
#include "engine/base/assert.hpp"
#include "engine/processor/ruleset.hpp"
#include "engine/telemetry/log.hpp"
#include "gateway/outbound/forward.hpp"
#include "schemas/openapi.hpp"

namespace florin {
namespace {

constexpr std::size_t worker_threads = 1;  // for queries: RocksDB is not read on the I/O thread

gateway::Response misdirected() {
  return {.status = 421, .body = R"({"code":"partition_elsewhere"})", .problem = "partition_elsewhere"};
}

}  // namespace

Result<std::unique_ptr<Front>> Front::open(const UnitPorts& ports, const Units& units,
                                           const Stopwatch& since_start) {
  std::unique_ptr<Front> front(new Front(ports, units, since_start));
  FLORIN_TRY(front->open_access());
  FLORIN_TRY(front->open_queries());
  front->bind_api();
  FLORIN_TRY(front->start_server());
  return front;
}

Front::Front(const UnitPorts& ports, const Units& units, const Stopwatch& since_start)
    : ports_(ports),
      units_(units),
      since_start_(since_start),
      readiness_(since_start, units),
      introductions_(*ports.keys.keyring, ports.clock),
      workers_(worker_threads),
      api_router_(gateway::api_endpoints()),
      admin_router_(gateway::admin_endpoints()) {}

Result<void> Front::open_access() {
  const OpenedKeys& keys = ports_.keys;
  FLORIN_TRY_ASSIGN(auto signing, gateway::SigningKeys::load(*keys.keyring, ports_.clock.now()));
  token_keys_ = std::make_unique<gateway::TokenKeys>(std::move(signing), ports_.clock);
  admin_ = std::make_unique<gateway::AdminPorts>(admin_ports(ports_, units_, workers_));
  if (!ports_.roles.gateway) return {};
  for (const auto& unit : units_) partitions_.push_back({*unit->appender(), unit->views()->directory()});
  places_ = std::make_unique<gateway::BookPlaces>(partitions_.front().directory);
  routed_commands_ = std::make_unique<gateway::RoutedCommands>(partitions_, *places_);
  routed_directory_ = std::make_unique<gateway::RoutedDirectory>(partitions_, *places_);
  issuer_ = std::make_unique<gateway::ClientTokenIssuer>(*token_keys_, *routed_directory_, ports_.clock);
  bearers_ = std::make_unique<gateway::BearerAuthenticator>(*token_keys_, *routed_directory_, ports_.clock);
  FLORIN_TRY_ASSIGN(hasher_, gateway::KeyedIdempotencyHasher::open(*keys.keyring, ports_.clock));
  limiter_ = std::make_unique<gateway::RateLimiter>(
      gateway::RatePolicy{static_cast<std::uint32_t>(ports_.settings.rate_limit_per_minute), 60});
  commands_ = std::make_unique<gateway::CommandPorts>(
      gateway::CommandPorts{*routed_commands_, *hasher_, *issuer_, workers_});
  admin_->access.emplace(gateway::AccessPorts{
      partitions_, *places_, key_port({ports_.keys, units_, *token_keys_, *hasher_, ports_.clock}),
      processor::newest_ruleset});
  return {};
}

Result<void> Front::open_queries() {
  if (ports_.roles.projector) {
    for (const auto& unit : units_) {
      projections::ReadModels& views = *unit->views();
      // What a gateway passes on it has compared with the head.
      const gateway::EventHead head = ports_.roles.gateway
                                          ? unit->head()
                                          : gateway::EventHead{[] { return Sequence{~std::uint64_t{0}}; }};
      queries_.push_back(std::make_unique<gateway::QueryPorts>(
          gateway::QueryPorts{views.balances(), views.accounts(), views.history(), views.transfers(),
                              views.transactions(), views.directory(), workers_, head}));
    }
  } else if (ports_.roles.gateway) {
    const std::chrono::milliseconds answer_max(ports_.settings.deadline_ms);
    FLORIN_TRY_ASSIGN(projectors_, gateway::Projectors::open({ports_.settings.projectors, answer_max}));
  }
  return {};
}

void Front::bind_api() {
  if (commands_) gateway::bind_commands(api_router_, *commands_);
  if (projectors_) {
    std::vector<gateway::EventHead> heads;
    for (const auto& unit : units_) heads.push_back(unit->head());
    gateway::bind_forwarding(
        api_router_, {*projectors_, introductions_, partitions_, *places_, workers_, std::move(heads)});
  }
  if (units_.size() == 1 && ports_.roles.all()) gateway::bind_queries(api_router_, *queries_.front());
  else if (!queries_.empty()) bind_queries_by_partition();
  facts_ = {FLORIN_VERSION, std::string(openapi_json()), [this] { return token_keys_->current()->jwks(); },
            [this] { return ports_.metrics.text(); }, [this] { return readiness_.missing(); }};
  gateway::bind_facts(api_router_, facts_);
  if (ports_.roles.all()) FLORIN_ASSERT(api_router_.unbound().empty());
  api_router_.leave_out_unbound();
  gateway::bind_admin(admin_router_, *admin_);
  admin_router_.leave_out_unbound();
}

// Of the partition that the caller's book lives in, as a gateway of this process or another one knows.
void Front::bind_queries_by_partition() {
  for (const auto& queries : queries_) {
    query_routers_.push_back(std::make_unique<gateway::Router>(gateway::api_endpoints()));
    gateway::bind_queries(*query_routers_.back(), *queries);
  }
  const auto place = [this](const gateway::AuthContext& caller) -> Result<PartitionId> {
    if (places_) return gateway::place_of(partitions_, *places_, caller.book);
    return caller.partition;
  };
  for (const std::string_view operation : gateway::caller_queries())
    api_router_.bind(
        operation, [this, place, operation](const gateway::RequestPtr& request, const gateway::Reply& reply) {
          const auto partition = place(request->auth);
          for (std::size_t i = 0; partition && i < units_.size(); ++i)
            if (units_[i]->id() == *partition) return query_routers_[i]->handler(operation)(request, reply);
          reply.send(misdirected());
        });
}

Result<void> Front::start_server() {
  const Settings& settings = ports_.settings;
  gateway::Listener api;
  api.host = settings.listen.host;
  api.port = settings.listen.port;
  if (!settings.tls_cert.empty()) api.tls = {settings.tls_cert.string(), settings.tls_key.string()};
  api.peers = settings.behind_proxy;
  gateway::Authenticator* authenticator = bearers_.get();
  if (authenticator == nullptr) authenticator = &introductions_;
  api.site = {&api_router_, authenticator, limiter_.get()};
  gateway::Listener admin;
  admin.unix_path = settings.admin_socket.string();
  admin.site = {&admin_router_, nullptr, nullptr};

  gateway::ServerLimits limits;
  limits.connections_max = settings.max_connections;
  limits.idle = std::chrono::milliseconds(settings.idle_timeout_ms);
  limits.handler = std::chrono::milliseconds(settings.deadline_ms);
  gateway::ServerHooks hooks;
  hooks.access = access_hook(ports_.metrics);
  FLORIN_TRY_ASSIGN(server_,
                    gateway::Server::start({std::move(api), std::move(admin)}, limits, std::move(hooks)));
  log::info("serving", {{"host", settings.listen.host},
                        {"port", server_->port(0)},
                        {"data", settings.data.string()},
                        {"after_ms", since_start_.ms()}});
  return {};
}

void Front::reload_keys() {
  const Keyring& keyring = *ports_.keys.keyring;
  const auto used = [](const Result<void>& loaded) {
    if (!loaded) log::error("keys_not_loaded", {{"reason", loaded.error().message}});
  };
  used(token_keys_->reload(keyring));
  if (hasher_) used(hasher_->reload(keyring));
  const auto newest = keyring.newest(KeyPurpose::data);
  for (const auto& unit : units_)
    if (newest && unit->appender() != nullptr) unit->appender()->seal_under(*newest);
}

void Front::stop() {
  if (server_) server_->stop(std::chrono::milliseconds(ports_.settings.drain_ms));
}

}  // namespace florin
