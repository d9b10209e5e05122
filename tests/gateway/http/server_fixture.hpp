// A server with a few endpoints, and what its handlers and hooks saw.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "gateway/http/server.hpp"
#include "tests/gateway/http/raw_client.hpp"

namespace florin::testing {

using namespace florin::gateway;
using namespace std::chrono_literals;

inline const std::vector<Endpoint> table{
    {"GET", "/hello", "hello"},
    {"POST", "/echo", "echo", 0, BodyKind::json, CallKind::command},
    {"GET", "/never", "never", 0, BodyKind::none, CallKind::query},
    {"POST", "/never", "neverCommand", 0, BodyKind::json, CallKind::command},
    {"POST", "/leaves", "leaves", 0, BodyKind::json, CallKind::command},
    {"GET", "/throws", "throws"},
    {"GET", "/secret", "secret", scopes::ledger_read},
    {"GET", "/admin", "admin", scopes::book_admin},
};

class OneToken final : public Authenticator {
 public:
  tl::expected<AuthContext, AuthRefusal> authenticate(std::string_view authorization) override {
    if (authorization == "Bearer good")
      return AuthContext{BookId{1}, {PrincipalKind::client, 5}, scopes::ledger_read, 1};
    return tl::unexpected(authorization == "Bearer old" ? AuthRefusal::expired : AuthRefusal::malformed);
  }
};

struct Logged {
  std::string route, request_id, problem;
  unsigned status;
};

class Fixture {
 public:
  explicit Fixture(ServerLimits limits = patient_limits(), std::string unix_path = {},
                   std::optional<TlsFiles> tls = {})
      : router_(table) {
    router_.bind("hello", [](RequestPtr, Reply reply) {
      reply.send(json_response("\"hello\""));
      reply.send(json_response("\"again\""));  // dropped
    });
    router_.bind("echo", [this](RequestPtr request, Reply reply) {
      ++echoes;
      std::thread([request, reply] { reply.send(json_response(request->body)); }).detach();
    });
    const auto never = [this](RequestPtr, Reply reply) {
      reply.on_cancel([this] { ++cancelled; });
      const std::lock_guard lock(mutex_);
      kept_.push_back(reply);
    };
    router_.bind("never", never);
    router_.bind("neverCommand", never);
    router_.bind("leaves", [never](RequestPtr request, Reply reply) {
      reply.at_deadline(json_response(request->body));
      never(std::move(request), std::move(reply));
    });
    router_.bind("throws", [](RequestPtr, Reply) { throw std::runtime_error("secret"); });
    router_.bind("secret", [](RequestPtr request, Reply reply) {
      reply.send_built([request] { return json_response(std::to_string(request->auth.principal.id)); });
    });
    router_.bind("admin", [](RequestPtr, Reply reply) { reply.send(json_response("1")); });

    Listener listener{.host = "127.0.0.1",
                      .site = {.router = &router_, .authenticator = &token_, .limiter = &limiter_}};
    listener.unix_path = std::move(unix_path);
    listener.tls = std::move(tls);
    if (!listener.unix_path.empty()) listener.site.authenticator = nullptr;
    ServerHooks hooks{.access = [this](const AccessRecord& record) {
      const std::lock_guard lock(mutex_);
      log_.push_back({std::string(record.route), std::string(record.request_id), std::string(record.problem),
                      record.status});
    }};
    auto started = Server::start({listener}, limits, std::move(hooks));
    REQUIRE(started);
    server = *std::move(started);
  }

  // For tests whose subject is a deadline.
  static ServerLimits fast_limits() {
    ServerLimits limits;
    limits.header = limits.body = limits.handler = 300ms;
    limits.idle = 30s;
    return limits;
  }

  // For all others: far beyond what a request takes on a machine that has ten times too much to do.
  static ServerLimits patient_limits() {
    ServerLimits limits;
    limits.handler = limits.header = limits.body = limits.write = limits.handshake = 10min;
    return limits;
  }

  ~Fixture() { server.reset(); }  // its thread uses everything else here

  std::uint16_t port() const { return server->port(0); }
  std::vector<Logged> log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  // The requests to /never so far, in the order in which their handler was called; answered as a test likes.
  std::size_t kept() {
    const std::lock_guard lock(mutex_);
    return kept_.size();
  }
  void wait_for_kept(std::size_t count) {
    while (kept() < count) std::this_thread::sleep_for(1ms);
  }
  void answer(std::size_t index, std::string body) {
    const std::lock_guard lock(mutex_);
    kept_.at(index).send(json_response(std::move(body)));
  }
  void answer_kept() {
    const std::lock_guard lock(mutex_);
    for (const Reply& reply : kept_) reply.send(json_response("\"late\""));
    kept_.clear();
  }

  std::atomic<int> echoes{0}, cancelled{0};
  std::unique_ptr<Server> server;

 private:
  Router router_;
  OneToken token_;
  RateLimiter limiter_{{.quota = 5, .window_s = 3600}};
  std::mutex mutex_;
  std::vector<Logged> log_;
  std::vector<Reply> kept_;
};

inline std::string get(std::string_view path, std::string_view fields = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}
inline std::string post(std::string_view path, std::string_view body, std::string_view fields = {}) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

}  // namespace florin::testing
