// What a process shows to the outside, by its roles: the API or a part of it, and the admin socket.
//
// Owner: the application. port() is for any thread.
#pragma once

#include "deploy/florin/readiness.hpp"
#include "deploy/florin/stopwatch.hpp"
#include "deploy/florin/unit.hpp"
#include "gateway/admin/admin.hpp"
#include "gateway/auth/idempotency.hpp"
#include "gateway/auth/introductions.hpp"
#include "gateway/auth/tokens.hpp"
#include "gateway/commands/commands.hpp"
#include "gateway/http/server.hpp"
#include "gateway/outbound/projectors.hpp"
#include "gateway/queries/queries.hpp"

namespace florin {

class Front {
 public:
  // The units, those of a gateway by the numbers of their partitions, have started. They and the ports
  // outlive the front, as `since_start` does. Errors: those of the keyring, of addresses, certificates and
  // sockets.
  static Result<std::unique_ptr<Front>> open(const UnitPorts& ports, const Units& units,
                                             const Stopwatch& since_start);
  ~Front() { stop(); }
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  std::uint16_t port() const { return server_->port(0); }
  void stop();  // refuses new calls, and lets those in flight end
  // Another process has made or destroyed keys: those of the keyring now are used. Any thread.
  void reload_keys();

 private:
  Front(const UnitPorts& ports, const Units& units, const Stopwatch& since_start);
  Result<void> open_access();
  Result<void> open_queries();
  void bind_api();
  void bind_queries_by_partition();
  Result<void> start_server();

  const UnitPorts& ports_;
  const Units& units_;
  const Stopwatch& since_start_;
  Readiness readiness_;
  gateway::ServerFacts facts_{};

  // Of a gateway.
  gateway::GatewayPartitions partitions_{};
  std::unique_ptr<gateway::BookPlaces> places_{};
  std::unique_ptr<gateway::RoutedCommands> routed_commands_{};
  std::unique_ptr<gateway::RoutedDirectory> routed_directory_{};
  std::unique_ptr<gateway::ClientTokenIssuer> issuer_{};
  std::unique_ptr<gateway::KeyedIdempotencyHasher> hasher_{};
  std::unique_ptr<gateway::RateLimiter> limiter_{};
  std::unique_ptr<gateway::CommandPorts> commands_{};
  std::unique_ptr<gateway::Projectors> projectors_{};  // of one without read models

  std::unique_ptr<gateway::TokenKeys> token_keys_{};
  std::unique_ptr<gateway::BearerAuthenticator> bearers_{};        // of a gateway
  gateway::Introductions introductions_;                           // of callers of a gateway, to projectors
  std::vector<std::unique_ptr<gateway::QueryPorts>> queries_{};    // of who has read models, for each unit
  std::vector<std::unique_ptr<gateway::Router>> query_routers_{};  // by partition
  std::unique_ptr<gateway::AdminPorts> admin_{};
  gateway::WorkerPool workers_;  // ends its tasks before what they use goes
  gateway::Router api_router_, admin_router_;
  std::unique_ptr<gateway::Server> server_{};
};

}  // namespace florin
