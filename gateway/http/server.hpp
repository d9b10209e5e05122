// The HTTP server: one I/O thread, C++20 coroutines over Asio, the guard before Beast's parser, and bounds on
// all of it.
//
// Owner: the wiring. start() and stop() on its thread; handlers run on the I/O thread. What the configuration
// points to must outlive the server. Nothing of Boost is seen from here.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "gateway/http/rate_limit.hpp"
#include "gateway/http/router.hpp"

namespace florin::gateway {

struct ServerLimits {
  std::size_t connections_max = 4096;         // over it: 503 and close
  std::size_t body_bytes_max = 8u << 20;      // of one request; over it: 413
  std::size_t bodies_bytes_max = 256u << 20;  // of all requests being read or handled; over it: 503
  std::size_t pipeline_max =
      32;  // requests in flight on one connection; over it: read no further for a while
  std::size_t pipeline_body_bytes_max = 32u << 20;  // of their bodies together; likewise
  std::chrono::milliseconds idle{60'000};           // between requests
  std::chrono::milliseconds header{
      10'000};  // from the first byte of a request to the end of its header; then 408
  std::chrono::milliseconds body{30'000};    // from there to the end of the body; then 408
  std::chrono::milliseconds handler{5'000};  // from there to the answer; then 503 or 504
  std::chrono::milliseconds write{30'000};   // for the answer to be taken
  std::chrono::milliseconds handshake{10'000};
};

// What is served at one address: a table of endpoints, and how its callers are known.
struct Site {
  const Router* router = nullptr;
  Authenticator* authenticator = nullptr;  // null: whoever can connect is the operator (the admin socket)
  RateLimiter* limiter = nullptr;          // null: no limit on rates; used by the I/O thread only
};

struct TlsFiles {
  std::string certificate_chain_path;  // PEM, the server's own first
  std::string private_key_path;        // PEM
};

struct Listener {
  // One of the two:
  std::string host{};  // an IP address, with `port`; port 0 takes any free one
  std::uint16_t port = 0;
  std::string unix_path{};  // a socket with mode 0600
  std::optional<TlsFiles> tls{};
  std::vector<std::string> peers{};  // networks that may connect, as ADDRESS/BITS; none: everyone
  Site site{};
};

// One line for each answer. No URL, no query, no body, no credential.
struct AccessRecord {
  std::string_view method;
  std::string_view route;  // the pattern; empty when no endpoint was found
  std::string_view operation_id;
  unsigned status = 0;
  std::chrono::nanoseconds duration{};  // from the end of the header to the end of the answer
  std::size_t bytes_in = 0, bytes_out = 0;
  std::string_view request_id;
  std::string_view trace_id;
  std::string_view problem;  // the code of the problem that was answered, or empty
  Principal principal;
};

struct ServerHooks {
  std::function<void(const AccessRecord&)> access;  // called on the I/O thread; must not block
};

class Server {
 public:
  // Binds all listeners, then starts the I/O thread. Errors: invalid_argument (address, certificate, key,
  // path too long), already_exists (the address is in use), permission, io.
  static Result<std::unique_ptr<Server>> start(std::vector<Listener> listeners, ServerLimits limits,
                                               ServerHooks hooks);
  virtual ~Server() = default;  // stops at once when stop() was not called

  virtual std::uint16_t port(std::size_t listener) const = 0;  // bound; 0 of a Unix socket
  virtual std::size_t connections() const = 0;                 // open now; any thread
  // Accepts nothing more, closes idle connections, lets calls in flight finish until the deadline, then
  // closes what is left. Returns when the I/O thread has ended. Later calls do nothing.
  virtual void stop(std::chrono::milliseconds drain) = 0;
};

}  // namespace florin::gateway
