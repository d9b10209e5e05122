// What a handler gets and gives: a request that was framed, routed, authenticated and limited, and a
// response. No socket and no Boost here, so that handlers and their tests know nothing of them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/http/auth_context.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/turns.hpp"

namespace florin::gateway {

using NamedValues = std::vector<std::pair<std::string, std::string>>;

// The header fields that handlers may see.
inline constexpr std::string_view request_headers[] = {"authorization", "content-type", "idempotency-key"};

// The media type of ledger records and of their results (docs/formats/binary.md).
inline constexpr std::string_view records_media_type = "application/vnd.florin.ledger";

struct Request {
  NamedValues path;   // the named parts of the pattern, percent-decoded
  NamedValues query;  // the allowed parameters that were given, percent-decoded; see read_parameters()
  NamedValues
      headers;  // of request_headers, names in lower case; taken before the body, so never from a trailer
  std::string target{};  // path and query as they were sent, for who passes the request on
  std::string body;
  bool records = false;  // the body is ledger records, where the endpoint takes JSON or those
  AuthContext auth;      // of endpoints that need a scope
  std::string request_id;
  std::shared_ptr<Turns> turns{};  // of the connection; handlers are called in the order of the requests

  // The value, or none when it was not given.
  std::optional<std::string_view> path_value(std::string_view name) const;
  std::optional<std::string_view> parameter(std::string_view name) const;
  std::optional<std::string_view> header(std::string_view name) const;  // `name` in lower case
};
using RequestPtr = std::shared_ptr<const Request>;

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body{};
  NamedValues headers{};       // beyond those that the server adds itself; never with CR or LF
  std::string_view problem{};  // the code of the problem that this is, for the access log
};

Response json_response(std::string body);
Response to_response(const Problem& problem, std::string_view request_id);

// The way back to the caller, given to a handler with each request. Any thread. Copies share one answer: the
// first that comes is sent, later ones are dropped, and so is one that comes after the deadline.
class Reply {
 public:
  using Build = std::function<Response()>;

  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void complete(Build build) = 0;
    virtual void on_cancel(std::function<void()> cancel) = 0;
    virtual void at_deadline(Build build) = 0;
  };
  explicit Reply(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}

  void send(Response response) const {
    sink_->complete([response = std::move(response)]() mutable { return std::move(response); });
  }
  // `build` runs on the I/O thread: for answers that cost more than the calling thread should spend. Must not
  // throw.
  void send_built(Build build) const { sink_->complete(std::move(build)); }
  // Called once, on any thread, when nobody waits for the answer any more: the deadline passed or the server
  // stops. Called at once when that is so already; never called after an answer.
  void on_cancel(std::function<void()> cancel) const { sink_->on_cancel(std::move(cancel)); }
  // What the caller is told when nothing was sent by the deadline or when the server stops, for a handler
  // that knows more by then than that the outcome is not known.
  void at_deadline(Response response) const {
    sink_->at_deadline([response = std::move(response)]() mutable { return std::move(response); });
  }

 private:
  std::shared_ptr<Sink> sink_;
};

// Runs on the I/O thread and must not block there. It sends exactly one answer, now or later, from any
// thread.
using Handler = std::function<void(RequestPtr, Reply)>;

}  // namespace florin::gateway
