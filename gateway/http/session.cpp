#include "gateway/http/session.hpp"

#include <boost/asio/co_spawn.hpp>

#include "gateway/http/response_head.hpp"

namespace florin::gateway {
namespace {

Problem overloaded(std::string detail) {
  return {
      .code = ProblemCode::overloaded, .detail = std::move(detail), .retry_after_s = retry_after_default_s};
}

}  // namespace

// gcc 12 may destroy a temporary of a co_await expression twice, also one of "?:", and lays out a frame wrong
// when a loop's condition awaits: what has a destructor is given a name first, and so is what a loop asks.

Session::Session(Core& core, const Site& site, std::unique_ptr<Stream> stream)
    : core_(core),
      site_(site),
      stream_(std::move(stream)),
      reader_(core.limits, *stream_),
      pipeline_(core.limits),
      room_(core.io, Time::max()),
      answered_(core.io, Time::max()) {
  core_.sessions.insert(this);
  core_.connections = core_.sessions.size();
}

Session::~Session() {
  core_.sessions.erase(this);
  core_.connections = core_.sessions.size();
}

asio::awaitable<void> Session::run() {
  bool open = co_await handshake();
  if (!open) co_return;
  const auto ended = [this](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
    writing_ended_ = true;
    room_.cancel();
  };
  asio::co_spawn(core_.io, write_answers(), ended);
  while (open) open = co_await read_request();
  while (!writing_ended_) co_await room_.async_wait(no_throw);
  if (said_close_ && !aborted_) co_await reader_.linger();
}

asio::awaitable<void> Session::refuse() {
  const bool open = co_await handshake();
  if (!open) co_return;
  auto exchange = std::make_unique<Exchange>(core_);
  exchange->refuse(overloaded("There are too many connections."));
  pipeline_.push(std::move(exchange));
  co_await write_answers();
  if (said_close_ && !aborted_) co_await reader_.linger();
}

asio::awaitable<bool> Session::handshake() {
  reader_.begin(core_.limits.handshake);
  const error_code error = co_await stream_->handshake();
  reader_.finish_request();
  co_return !error && !draining_ && !reading_given_up_ && !aborted_;
}

asio::awaitable<bool> Session::read_request() {
  const bool open = co_await wait_for_room(0);
  if (!open) co_return false;
  if (pipeline_.empty()) reader_.rest();
  auto exchange = std::make_unique<Exchange>(core_);
  const auto header = co_await reader_.read_header();
  if (!header) co_return end_reading(std::move(exchange), header.error());
  const auto problem = take_header(*header, *exchange);
  if (problem) co_return end_reading(std::move(exchange), {problem});
  reader_.pause();  // until the body is read: what comes first may wait for answers of ours
  const bool counted = co_await take_share(*exchange);
  if (!counted) co_return false;
  const bool whole = co_await agree_to_continue(*exchange, *header);
  if (whole) {
    const auto body = co_await reader_.read_body(*exchange);
    if (!body) co_return end_reading(std::move(exchange), body.error());
  }
  co_return hand_over(std::move(exchange));
}

asio::awaitable<bool> Session::wait_for_room(std::size_t body_bytes) {
  while (pipeline_.next_request(body_bytes) == Pipeline::Next::wait) co_await room_.async_wait(no_throw);
  co_return pipeline_.next_request(body_bytes) == Pipeline::Next::go;
}

// None, or why the header is refused in a way that ends the connection.
std::optional<Problem> Session::take_header(std::string_view header, Exchange& exchange) {
  exchange.started = std::chrono::steady_clock::now();
  const auto head = guard(header);
  if (!head) return guard_problem(head.error());
  exchange.take(*head);
  exchange.admission = admit(*head, site_, core_.limits, exchange.request_id(), exchange.started);
  exchange.admission.request->turns = turns_;
  return std::nullopt;
}

// False: the connection ended in the meantime.
asio::awaitable<bool> Session::take_share(Exchange& exchange) {
  if (exchange.answer()) co_return true;  // its body will not be kept
  const std::size_t bytes = exchange.promised_body_bytes(core_.limits);
  const bool open = co_await wait_for_room(bytes);
  if (open && !exchange.share.take(bytes))
    exchange.refuse(overloaded("Too many large bodies are being read."));
  co_return open;
}

// False: the client waits for our word before it sends the body, and the word is no. A yes must not overtake
// the answers in front of it.
asio::awaitable<bool> Session::agree_to_continue(Exchange& exchange, std::string_view header) {
  if (!exchange.expects_continue || reader_.body_has_begun(header)) co_return true;
  if (exchange.answer()) {
    exchange.last = true;
    co_return false;
  }
  while (!pipeline_.empty() && !aborted_) co_await room_.async_wait(no_throw);
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  const error_code error = co_await write({asio::buffer(go_on), {}});
  if (error) abort();
  co_return true;
}

bool Session::hand_over(std::unique_ptr<Exchange> exchange) {
  if (aborted_) return false;
  exchange->last = exchange->last || draining_;
  if (!exchange->answer()) exchange->start(core_, answered_);
  const bool open = !exchange->last;
  pipeline_.push(std::move(exchange));
  reader_.finish_request();
  answered_.cancel();
  return open;
}

bool Session::end_reading(std::unique_ptr<Exchange> exchange, const Ended& ended) {
  if (!ended.problem || aborted_) {
    pipeline_.close();
  } else {
    exchange->refuse_rest(*ended.problem);
    pipeline_.push(std::move(exchange));
  }
  answered_.cancel();
  return false;
}

// The cancelled read may not take a write with it: write() comes back to it.
void Session::give_up_reading() {
  reading_given_up_ = true;
  if (write_deadline_ != Time::max()) return;
  error_code ignored;
  stream_->socket().cancel(ignored);
}

asio::awaitable<void> Session::write_answers() {
  while (!aborted_) {
    const Pipeline::Next next = pipeline_.next_answer();
    if (next == Pipeline::Next::end) co_return;
    if (next == Pipeline::Next::go) co_await write_answer();
    else co_await answered_.async_wait(no_throw);
  }
}

asio::awaitable<void> Session::write_answer() {
  Exchange& exchange = pipeline_.front();
  const Response& response = exchange.settle();
  const bool last = pipeline_.front_is_last();
  const std::string head = response_head(response, {.http_1_1 = exchange.http_1_1,
                                                    .keep_alive = !last,
                                                    .secure = stream_->secure(),
                                                    .date = core_.date,
                                                    .request_id = exchange.request_id(),
                                                    .traceparent = exchange.trace.traceparent});
  const std::string_view body = exchange.head_only ? std::string_view{} : std::string_view(response.body);
  const error_code error = co_await write({asio::buffer(head), asio::buffer(body)});
  if (core_.hooks.access) core_.hooks.access(exchange.record(head.size() + body.size()));
  pipeline_.pop();
  said_close_ = last;
  if (error) abort();
  if (pipeline_.empty()) reader_.rest();
  room_.cancel();
}

asio::awaitable<error_code> Session::write(std::array<asio::const_buffer, 2> bytes) {
  write_deadline_ = std::chrono::steady_clock::now() + core_.limits.write;
  const error_code error = co_await stream_->write(bytes);
  write_deadline_ = Time::max();
  if (reading_given_up_) give_up_reading();
  co_return error;
}

void Session::check_deadlines(Time now) {
  if (pipeline_.expire(now)) answered_.cancel();
  if (now >= write_deadline_) abort();
  if (reader_.overdue(now)) give_up_reading();
}

void Session::drain() {
  draining_ = true;
  if (!reader_.between()) return;
  pipeline_.close();
  reader_.stop();
  give_up_reading();
  room_.cancel();
  answered_.cancel();
}

void Session::abort() {
  aborted_ = true;
  pipeline_.close();
  reader_.stop();
  error_code ignored;
  stream_->socket().close(ignored);
  room_.cancel();
  answered_.cancel();
}

}  // namespace florin::gateway
