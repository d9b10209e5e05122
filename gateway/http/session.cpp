#include "gateway/http/session.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "engine/base/assert.hpp"
#include "gateway/http/pending_reply.hpp"
#include "gateway/http/response_head.hpp"

namespace florin::gateway {
namespace {

namespace http = boost::beast::http;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t header_read_bytes = 4 * 1024;
constexpr std::size_t body_read_bytes = 64 * 1024;
constexpr std::size_t buffer_bytes_max = header_bytes_max + 2 * body_read_bytes;
constexpr std::size_t discarded_bytes_max = 64 * 1024;  // of a refused request's body, to keep its connection
constexpr std::chrono::milliseconds linger_time{2'000};

// A name of the method that logs and metrics can have, whatever a client makes up.
std::string_view known_method(std::string_view method) {
  for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
    if (method == known) return known;
  return "OTHER";
}

Problem malformed(std::string detail) {
  return {.code = ProblemCode::request_malformed, .detail = std::move(detail)};
}

Response overloaded(std::string detail, std::string_view request_id) {
  return to_response(
      {.code = ProblemCode::overloaded, .detail = std::move(detail), .retry_after_s = retry_after_default_s},
      request_id);
}

// The share of a request in the memory for all bodies, given back when the request is done.
class BodyShare {
 public:
  explicit BodyShare(Core& core) : core_(core) {}
  ~BodyShare() { core_.body_bytes -= bytes_; }
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  bool take(std::size_t bytes) {
    if (core_.body_bytes + bytes > core_.limits.bodies_bytes_max) return false;
    bytes_ = bytes;
    core_.body_bytes += bytes;
    return true;
  }

 private:
  Core& core_;
  std::size_t bytes_ = 0;
};

// Runs code of a handler. This is the edge: an exception ends here, as a 500.
template <class Run>
std::optional<Response> guarded(Run run, std::string_view request_id) {
  try {
    return run();
  } catch (const std::exception&) {
    return to_response(
        {.code = ProblemCode::internal_error, .detail = "The server failed. Its log names the request id."},
        request_id);
  }
}

}  // namespace

// Copies, not views: the buffer moves while the body is read.
struct Session::Exchange {
  std::string_view method;
  bool http_1_1 = true, head_only = false, keep_alive = false;
  bool chunked = false, expects_continue = false;
  std::optional<std::uint64_t> content_length;
  bool unread = false;  // part of the body is still on its way: the connection cannot be used again
  Trace trace;
  Admission admission;
  SteadyClock::time_point start = SteadyClock::now();
  std::size_t bytes_in = 0;

  void take(const Head& head) {
    method = known_method(head.method);
    http_1_1 = head.http_1_1;
    head_only = head.method == "HEAD";
    keep_alive = head.keep_alive();
    chunked = head.chunked;
    content_length = head.content_length;
    expects_continue = http_1_1 && head.has_body() && head.field("expect").has_value();
    trace = make_trace(head.field("x-request-id"), head.field("traceparent"));
  }
  const std::string& request_id() const { return trace.request_id; }
  std::optional<Response>& answer() { return admission.answer; }
};

Session::Session(Core& core, const Site& site, std::unique_ptr<Stream> stream)
    : core_(core), site_(site), stream_(std::move(stream)), buffer_(buffer_bytes_max), wake_(core.io) {
  core_.sessions.insert(this);
  core_.connections = core_.sessions.size();
}

Session::~Session() {
  core_.sessions.erase(this);
  core_.connections = core_.sessions.size();
}

asio::awaitable<void> Session::run() {
  arm(core_.limits.handshake, Waiting::busy);
  const error_code error = co_await stream_->handshake();
  bool open = !error;
  while (open) open = co_await serve_one();  // gcc 12 lays out a frame wrong when a loop's condition awaits
}

asio::awaitable<void> Session::refuse() {
  arm(core_.limits.handshake, Waiting::busy);
  const error_code error = co_await stream_->handshake();
  if (error) co_return;
  Exchange exchange;
  exchange.trace = make_trace(std::nullopt, std::nullopt);
  exchange.answer() = overloaded("There are too many connections.", exchange.request_id());
  co_await send_answer(exchange);
}

// gcc 12 may destroy a temporary of a co_await expression twice, also one of "?:": what has a destructor is
// given a name first, and the answer stays in the exchange.
asio::awaitable<bool> Session::serve_one() {
  Exchange exchange;
  const auto size = co_await read_header();
  if (!size) co_return co_await answer_ended(exchange, size.error());
  exchange.start = SteadyClock::now();
  {
    const auto head = guard(buffered().substr(0, *size));
    if (!head) {
      const Ended ended{guard_problem(head.error())};
      co_return co_await answer_ended(exchange, ended);
    }
    exchange.take(*head);
    exchange.admission = admit(*head, site_, core_.limits, exchange.request_id(), exchange.start);
  }
  BodyShare share(core_);
  const std::size_t body_bytes =
      exchange.chunked ? core_.limits.body_bytes_max : exchange.content_length.value_or(0);
  if (!exchange.answer() && !share.take(body_bytes))
    exchange.answer() = overloaded("Too many large bodies are being read.", exchange.request_id());

  const auto body = co_await read_body(exchange);
  if (!body) co_return co_await answer_ended(exchange, body.error());
  if (!exchange.answer()) co_await handle(exchange);
  co_return co_await send_answer(exchange);
}

Session::Piece<std::size_t> Session::read_header() {
  if (buffer_.size() == 0) arm(core_.limits.idle, Waiting::idle);
  else arm(core_.limits.header, Waiting::busy);
  bool skipped = false;
  std::size_t scanned = 0;
  while (true) {
    // One empty line before a request is old clients' habit (RFC 9112 section 2.2).
    if (!skipped && buffered().starts_with("\r\n")) {
      buffer_.consume(2);
      skipped = true;
      scanned = 0;
    }
    const HeaderScan scan = scan_header(buffered(), scanned);
    if (scan.state == HeaderScan::State::complete) co_return scan.size;
    if (scan.state == HeaderScan::State::refused)
      co_return tl::unexpected(Ended{guard_problem(scan.refusal)});
    scanned = buffer_.size();
    auto more = co_await read_more(header_read_bytes);
    if (!more) co_return tl::unexpected(std::move(more).error());
    if (waiting_ == Waiting::idle) arm(core_.limits.header, Waiting::busy);
  }
}

Session::Piece<void> Session::read_body(Exchange& exchange) {
  const bool refused = exchange.answer().has_value();
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(header_bytes_max));
  parser.body_limit(refused ? discarded_bytes_max : core_.limits.body_bytes_max);
  parser.eager(true);
  arm(core_.limits.body, Waiting::busy);
  while (true) {
    error_code error;
    const std::size_t used = parser.put(buffer_.data(), error);
    buffer_.consume(used);
    exchange.bytes_in += used;
    if (error == http::error::body_limit) {
      exchange.unread = true;
      if (!refused)
        exchange.admission.answer = to_response(too_large_problem(core_.limits), exchange.request_id());
      co_return tl::expected<void, Ended>{};
    }
    if ((error && error != http::error::need_more) || !parser.is_header_done())
      co_return tl::unexpected(Ended{malformed("The request is not well-formed HTTP.")});
    // Two readers of one header must have read the same.
    const auto length = parser.content_length();
    if (parser.chunked() != exchange.chunked || length.has_value() != exchange.content_length.has_value() ||
        (length && *length != *exchange.content_length))
      co_return tl::unexpected(Ended{malformed("The length of the body is in doubt.")});
    if (parser.is_done()) break;

    if (exchange.expects_continue) {
      if (refused) {  // the client waits for our word, which is no
        exchange.unread = true;
        co_return tl::expected<void, Ended>{};
      }
      exchange.expects_continue = false;
      static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      const error_code unsent = co_await stream_->write({asio::buffer(go_on), {}});
      if (unsent) co_return tl::unexpected(Ended{});
    }
    auto more = co_await read_more(body_read_bytes);
    if (!more) co_return tl::unexpected(std::move(more).error());
  }
  exchange.admission.request->body = std::move(parser.get().body());
  co_return tl::expected<void, Ended>{};
}

Session::Piece<void> Session::read_more(std::size_t size) {
  // Only the size lines and trailers of chunks can pile up here: the parser wants each of them whole.
  if (buffer_.size() + size > buffer_.max_size())
    co_return tl::unexpected(Ended{malformed("A line of the chunked body is too long.")});
  const Read read = co_await stream_->read_some(buffer_.prepare(size));
  buffer_.commit(read.size);
  if (aborted_) co_return tl::unexpected(Ended{});
  if (timed_out_ && waiting_ == Waiting::busy)
    co_return tl::unexpected(Ended{Problem{.code = ProblemCode::request_timeout,
                                           .detail = "The request did not arrive before its deadline."}});
  if (timed_out_ || read.error) co_return tl::unexpected(Ended{});
  co_return tl::expected<void, Ended>{};
}

asio::awaitable<void> Session::handle(Exchange& exchange) {
  const Admission& admission = exchange.admission;
  deadline_ = SteadyClock::time_point::max();  // the timer keeps this one
  wake_.expires_after(core_.limits.handler);
  const auto pending = std::make_shared<PendingReply>(core_.io, wake_);
  const auto call = [&]() -> std::optional<Response> {
    (*admission.handler)(admission.request, Reply(pending));
    return std::nullopt;
  };
  exchange.answer() = guarded(call, exchange.request_id());
  while (!exchange.answer() && !aborted_ && !pending->answered()) {
    const auto [error] = co_await wake_.async_wait(no_throw);
    if (!error) break;  // not cancelled: the deadline
  }
  const auto build = pending->close();
  if (exchange.answer()) co_return;
  if (!build) {
    exchange.answer() = to_response(deadline_problem(admission.endpoint->call), exchange.request_id());
    co_return;
  }
  const auto run = [&]() -> std::optional<Response> { return (*build)(); };
  exchange.answer() = guarded(run, exchange.request_id());
}

asio::awaitable<bool> Session::answer_ended(Exchange& exchange, const Ended& ended) {
  if (!ended.problem) co_return false;
  exchange.unread = true;
  if (exchange.trace.request_id.empty()) exchange.trace = make_trace(std::nullopt, std::nullopt);
  exchange.answer() = to_response(*ended.problem, exchange.request_id());
  co_return co_await send_answer(exchange);
}

asio::awaitable<bool> Session::send_answer(Exchange& exchange) {
  Response& response = *exchange.answer();
  for (auto& header : exchange.admission.headers) response.headers.push_back(std::move(header));
  const bool keep = exchange.keep_alive && !exchange.unread && !closing_ && !core_.stopping && !aborted_;
  const std::string head = response_head(response, {.http_1_1 = exchange.http_1_1,
                                                    .keep_alive = keep,
                                                    .secure = stream_->secure(),
                                                    .date = core_.date,
                                                    .request_id = exchange.request_id(),
                                                    .traceparent = exchange.trace.traceparent});
  const std::string_view body = exchange.head_only ? std::string_view{} : std::string_view(response.body);
  arm(core_.limits.write, Waiting::busy);
  const error_code error = co_await stream_->write({asio::buffer(head), asio::buffer(body)});
  report(exchange, head.size() + body.size());
  if (error || aborted_) co_return false;
  if (!keep) co_await linger();
  co_return keep;
}

void Session::report(const Exchange& exchange, std::size_t bytes_out) const {
  if (!core_.hooks.access) return;
  const Admission& admission = exchange.admission;
  const Endpoint* endpoint = admission.endpoint;
  core_.hooks.access({.method = exchange.method,
                      .route = endpoint != nullptr ? endpoint->pattern : std::string_view{},
                      .operation_id = endpoint != nullptr ? endpoint->operation_id : std::string_view{},
                      .status = admission.answer->status,
                      .duration = SteadyClock::now() - exchange.start,
                      .bytes_in = exchange.bytes_in,
                      .bytes_out = bytes_out,
                      .request_id = exchange.request_id(),
                      .trace_id = exchange.trace.trace_id,
                      .problem = admission.answer->problem,
                      .principal = admission.request->auth.principal});
}

// Closing with unread bytes resets the connection, and the reset may overtake the answer (RFC 9112
// section 9.6): say that nothing more comes, then read on until the peer is done, for a bounded time.
asio::awaitable<void> Session::linger() {
  arm(linger_time, Waiting::busy);
  co_await stream_->finish();
  buffer_.clear();
  while (!timed_out_ && !aborted_) {
    const auto [error, size] =
        co_await stream_->socket().async_read_some(buffer_.prepare(body_read_bytes), no_throw);
    if (error) break;
  }
}

void Session::arm(std::chrono::milliseconds duration, Waiting waiting) {
  deadline_ = SteadyClock::now() + duration;
  waiting_ = waiting;
  timed_out_ = false;
}

void Session::check_deadline(SteadyClock::time_point now) {
  if (now < deadline_) return;
  deadline_ = SteadyClock::time_point::max();
  timed_out_ = true;
  error_code ignored;  // what waits on the socket ends with an error; the flag says why
  stream_->socket().cancel(ignored);
}

void Session::drain() {
  closing_ = true;
  error_code ignored;
  if (waiting_ == Waiting::idle) stream_->socket().cancel(ignored);
}

void Session::abort() {
  aborted_ = true;
  error_code ignored;
  stream_->socket().close(ignored);
  wake_.cancel();
}

std::string_view Session::buffered() const {
  const auto data = buffer_.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

}  // namespace florin::gateway
