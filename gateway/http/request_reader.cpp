#include "gateway/http/request_reader.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace florin::gateway {
namespace {

namespace http = boost::beast::http;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t header_read_bytes = 4 * 1024;
constexpr std::size_t body_read_bytes = 64 * 1024;
constexpr std::size_t buffer_bytes_max = header_bytes_max + 2 * body_read_bytes;
constexpr std::size_t discarded_bytes_max = 64 * 1024;  // of a refused request's body, to keep its connection
constexpr std::chrono::milliseconds linger_time{2'000};

Problem malformed(std::string detail) {
  return {.code = ProblemCode::request_malformed, .detail = std::move(detail)};
}

// Two readers of one header must have read the same.
template <class Parser>
bool same_framing(const Parser& parser, const Exchange& exchange) {
  const auto length = parser.content_length();
  if (parser.chunked() != exchange.chunked || length.has_value() != exchange.content_length.has_value())
    return false;
  return !length || *length == *exchange.content_length;
}

}  // namespace

RequestReader::RequestReader(const ServerLimits& limits, Stream& stream)
    : limits_(limits), stream_(stream), buffer_(buffer_bytes_max) {}

RequestReader::Piece<std::string_view> RequestReader::read_header() {
  if (buffer_.size() != 0) arm(Phase::reading, SteadyClock::now() + limits_.header);
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
    if (scan.state == HeaderScan::State::complete) co_return buffered().substr(0, scan.size);
    if (scan.state == HeaderScan::State::refused)
      co_return tl::unexpected(Ended{guard_problem(scan.refusal)});
    scanned = buffer_.size();
    auto more = co_await read_more(header_read_bytes);
    if (!more) co_return tl::unexpected(std::move(more).error());
    if (between()) arm(Phase::reading, SteadyClock::now() + limits_.header);
  }
}

RequestReader::Piece<void> RequestReader::read_body(Exchange& exchange) {
  const bool refused = exchange.answer().has_value();
  http::request_parser<http::string_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(header_bytes_max));
  parser.body_limit(refused ? discarded_bytes_max : limits_.body_bytes_max);
  parser.eager(true);
  arm(Phase::reading, SteadyClock::now() + limits_.body);
  while (true) {
    error_code error;
    const std::size_t used = parser.put(buffer_.data(), error);
    buffer_.consume(used);
    exchange.bytes_in += used;
    if (error == http::error::body_limit) {
      if (refused) exchange.last = true;  // the rest is still on its way
      else exchange.refuse_rest(too_large_problem(limits_));
      co_return tl::expected<void, Ended>{};
    }
    if ((error && error != http::error::need_more) || !parser.is_header_done())
      co_return tl::unexpected(Ended{malformed("The request is not well-formed HTTP.")});
    if (!same_framing(parser, exchange))
      co_return tl::unexpected(Ended{malformed("The length of the body is in doubt.")});
    if (parser.is_done()) break;
    auto more = co_await read_more(body_read_bytes);
    if (!more) co_return tl::unexpected(std::move(more).error());
  }
  exchange.admission.request->body = std::move(parser.get().body());
  co_return tl::expected<void, Ended>{};
}

RequestReader::Piece<void> RequestReader::read_more(std::size_t size) {
  // Only the size lines and trailers of chunks can pile up here: the parser wants each of them whole.
  if (buffer_.size() + size > buffer_.max_size())
    co_return tl::unexpected(Ended{malformed("A line of the chunked body is too long.")});
  const Stream::Read read = co_await stream_.read_some(buffer_.prepare(size));
  buffer_.commit(read.size);
  if (stopped_) co_return tl::unexpected(Ended{});
  if (timed_out_ && !between())
    co_return tl::unexpected(Ended{Problem{.code = ProblemCode::request_timeout,
                                           .detail = "The request did not arrive before its deadline."}});
  if (timed_out_ || read.error) co_return tl::unexpected(Ended{});
  co_return tl::expected<void, Ended>{};
}

// Closing with unread bytes resets the connection, and the reset may overtake the answer (RFC 9112
// section 9.6): say that nothing more comes, then read on until the peer is done.
asio::awaitable<void> RequestReader::linger() {
  begin(linger_time);
  co_await stream_.finish();
  buffer_.clear();
  while (!timed_out_ && !stopped_) {
    const auto [error, size] =
        co_await stream_.socket().async_read_some(buffer_.prepare(body_read_bytes), no_throw);
    if (error) break;
  }
}

void RequestReader::begin(std::chrono::milliseconds duration) {
  arm(Phase::reading, SteadyClock::now() + duration);
}

void RequestReader::pause() { deadline_ = Time::max(); }

void RequestReader::rest() {
  if (between()) arm(Phase::between, SteadyClock::now() + limits_.idle);
}

bool RequestReader::overdue(Time now) {
  if (now < deadline_) return false;
  deadline_ = Time::max();
  timed_out_ = true;
  return true;
}

void RequestReader::arm(Phase phase, Time deadline) {
  phase_ = phase;
  deadline_ = deadline;
  timed_out_ = false;
}

std::string_view RequestReader::buffered() const {
  const auto data = buffer_.cdata();
  return {static_cast<const char*>(data.data()), data.size()};
}

}  // namespace florin::gateway
