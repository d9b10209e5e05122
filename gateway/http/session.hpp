// One connection: reads requests one after the other, has each answered, and keeps to its deadlines. A thin
// shell around the guard, the admission and the handlers, which decide. Everything here runs on the I/O
// thread.
#pragma once

#include <atomic>
#include <boost/beast/core/flat_buffer.hpp>
#include <unordered_set>

#include "gateway/http/admission.hpp"
#include "gateway/http/stream.hpp"
#include "gateway/http/trace.hpp"

namespace florin::gateway {

class Session;

// What the sessions of a server share. Outlives them all.
struct Core {
  asio::io_context io{1};
  ServerLimits limits;
  ServerHooks hooks;
  std::unordered_set<Session*> sessions;
  std::atomic<std::size_t> connections{0};  // sessions.size(), for other threads
  std::size_t body_bytes = 0;               // promised to requests that are being read or handled
  std::string date;                         // for the Date field, renewed every second
  bool stopping = false;
};

class Session {
 public:
  Session(Core& core, const Site& site, std::unique_ptr<Stream> stream);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> run();     // until the connection ends
  asio::awaitable<void> refuse();  // one answer that there are too many connections, then the end

  void check_deadline(std::chrono::steady_clock::time_point now);
  void drain();  // ends at once when idle, else after the answer that is under way
  void abort();  // ends at once

 private:
  using Read = Stream::Read;
  enum class Waiting : std::uint8_t { idle, busy };
  // Why reading ended before the request was whole. Without a problem there is nobody to tell it to.
  struct Ended {
    std::optional<Problem> problem;
  };
  template <class T>
  using Piece = asio::awaitable<tl::expected<T, Ended>>;
  struct Exchange;  // a request and its answer

  asio::awaitable<bool> serve_one();  // true: the connection stays open for the next request
  Piece<std::size_t> read_header();   // gives the size of the block at the buffer's start
  Piece<void> read_body(Exchange& exchange);
  Piece<void> read_more(std::size_t size);
  asio::awaitable<void> handle(Exchange& exchange);
  asio::awaitable<bool> answer_ended(Exchange& exchange, const Ended& ended);
  asio::awaitable<bool> send_answer(Exchange& exchange);
  asio::awaitable<void> linger();

  void report(const Exchange& exchange, std::size_t bytes_out) const;
  void arm(std::chrono::milliseconds duration, Waiting waiting);
  std::string_view buffered() const;

  Core& core_;
  const Site& site_;
  std::unique_ptr<Stream> stream_;
  boost::beast::flat_buffer buffer_;
  asio::steady_timer wake_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  Waiting waiting_ = Waiting::idle;
  bool timed_out_ = false;  // the deadline passed
  bool closing_ = false;    // no further request
  bool aborted_ = false;
};

}  // namespace florin::gateway
