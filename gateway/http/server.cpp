#include "gateway/http/server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <ctime>
#include <thread>

#include "engine/base/assert.hpp"
#include "gateway/http/listening.hpp"
#include "gateway/http/response_head.hpp"
#include "gateway/http/session.hpp"

namespace florin::gateway {
namespace {

constexpr std::size_t refusals_max = 64;  // connections over the limit that still get an answer
constexpr std::chrono::milliseconds sweep_interval{100};
constexpr std::chrono::milliseconds drain_interval{10};
constexpr std::chrono::milliseconds accept_pause{100};  // after a failed accept, such as too many open files

asio::awaitable<void> run_session(std::unique_ptr<Session> session, bool refused) {
  if (refused) co_await session->refuse();
  else co_await session->run();
}

class ServerImpl final : public Server {
 public:
  ServerImpl(ServerLimits limits, ServerHooks hooks) {
    core_.limits = limits;
    core_.hooks = std::move(hooks);
  }
  ~ServerImpl() override { stop(std::chrono::milliseconds(0)); }

  Result<void> open(const std::vector<Listener>& listeners) {
    for (const Listener& listener : listeners) {
      FLORIN_ASSERT(listener.site.router != nullptr && listener.site.router->unbound().empty());
      FLORIN_TRY_ASSIGN(auto listening, listen(core_.io, listener));
      listening_.push_back(std::move(listening));
    }
    return {};
  }

  void serve() {
    core_.date = http_date(std::time(nullptr));
    for (Listening& listening : listening_) asio::co_spawn(core_.io, accept(listening), asio::detached);
    asio::co_spawn(core_.io, sweep(), asio::detached);
    thread_ = std::thread([this] { core_.io.run(); });
  }

  std::uint16_t port(std::size_t listener) const override { return listening_.at(listener).port; }
  std::size_t connections() const override { return core_.connections; }

  void stop(std::chrono::milliseconds drain) override {
    if (!thread_.joinable()) return;
    asio::post(core_.io, [this, drain] { begin_stop(drain); });
    thread_.join();
    for (const Listening& listening : listening_) remove_socket_file(listening);
  }

 private:
  void begin_stop(std::chrono::milliseconds drain) {
    core_.stopping = true;
    abort_at_ = std::chrono::steady_clock::now() + drain;
    for (Listening& listening : listening_) {
      error_code ignored;
      listening.acceptor.close(ignored);
    }
    for (Session* session : core_.sessions) session->drain();
    sweep_timer_.cancel();
  }

  asio::awaitable<void> accept(Listening& listening) {
    asio::steady_timer pause(core_.io);
    while (!core_.stopping) {
      auto [error, socket] = co_await listening.acceptor.async_accept(no_throw);
      if (core_.stopping) co_return;
      if (error) {
        pause.expires_after(accept_pause);
        co_await pause.async_wait(no_throw);
        continue;
      }
      if (!admits(listening, socket)) continue;  // closed without a word
      error_code ignored;                        // a Unix socket has no such option
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      open_session(listening, std::move(socket));
    }
  }

  void open_session(Listening& listening, Socket socket) {
    const std::size_t open = core_.sessions.size();
    if (open >= core_.limits.connections_max + refusals_max) return;  // closed without a word
    auto stream =
        listening.tls ? tls_stream(std::move(socket), listening.tls) : plain_stream(std::move(socket));
    auto session = std::make_unique<Session>(core_, listening.site, std::move(stream));
    const bool refused = open >= core_.limits.connections_max;
    asio::co_spawn(core_.io, run_session(std::move(session), refused), asio::detached);
  }

  // The clock of the server: deadlines of all connections, the Date field, and the end of draining.
  asio::awaitable<void> sweep() {
    while (!core_.stopping || !core_.sessions.empty()) {
      sweep_timer_.expires_after(core_.stopping ? drain_interval : sweep_interval);
      co_await sweep_timer_.async_wait(no_throw);
      const auto now = std::chrono::steady_clock::now();
      if (const std::time_t wall = std::time(nullptr); wall != date_time_) {
        date_time_ = wall;
        core_.date = http_date(wall);
      }
      const bool abort = core_.stopping && now >= abort_at_;
      for (Session* session : core_.sessions) {
        if (abort) session->abort();
        else session->check_deadlines(now);
      }
    }
  }

  Core core_;
  std::vector<Listening> listening_;  // complete before the thread starts
  asio::steady_timer sweep_timer_{core_.io};
  std::time_t date_time_ = 0;
  std::chrono::steady_clock::time_point abort_at_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(std::vector<Listener> listeners, ServerLimits limits,
                                              ServerHooks hooks) {
  auto server = std::make_unique<ServerImpl>(limits, std::move(hooks));
  FLORIN_TRY(server->open(listeners));
  server->serve();
  return server;
}

}  // namespace florin::gateway
