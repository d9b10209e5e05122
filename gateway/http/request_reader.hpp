// The reading side of a connection: takes requests off its bytes, one after the other, and keeps each to its
// deadlines. I/O thread.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>

#include "gateway/http/exchange.hpp"
#include "gateway/http/stream.hpp"

namespace florin::gateway {

class RequestReader {
 public:
  // Why reading ended before the request was whole. Without a problem there is nobody to tell it to.
  struct Ended {
    std::optional<Problem> problem;
  };
  template <class T>
  using Piece = asio::awaitable<tl::expected<T, Ended>>;
  using Time = Exchange::Time;

  RequestReader(const ServerLimits& limits, Stream& stream);

  // The header block; it stays in the buffer until the body is read.
  Piece<std::string_view> read_header();
  Piece<void> read_body(Exchange& exchange);
  bool body_has_begun(std::string_view header) const { return buffer_.size() > header.size(); }
  asio::awaitable<void> linger();  // after the last answer: reads on, for a bounded time, and throws away

  // Deadlines. Whoever finds that one has passed cancels what waits on the socket; the reader knows why.
  void begin(std::chrono::milliseconds duration);  // of something else than a request
  void pause();                                    // none, while the connection waits for its own answers
  void rest();             // between requests, with no answer under way: the idle time begins
  bool overdue(Time now);  // once for each deadline
  bool between() const { return phase_ == Phase::between; }
  void finish_request() { arm(Phase::between, Time::max()); }
  void stop() { stopped_ = true; }  // what is read from now on does not count

 private:
  enum class Phase : std::uint8_t { between, reading };  // reading: some of a request is there

  Piece<void> read_more(std::size_t size);
  void arm(Phase phase, Time deadline);
  std::string_view buffered() const;

  const ServerLimits& limits_;
  Stream& stream_;
  boost::beast::flat_buffer buffer_;
  Time deadline_ = Time::max();
  Phase phase_ = Phase::reading;
  bool timed_out_ = false;  // the deadline passed
  bool stopped_ = false;
};

}  // namespace florin::gateway
