// One connection: several requests in flight, answered in the order in which they came. Two coroutines, one
// that reads requests and hands them to handlers, one that writes answers, do what the pipeline between them
// says. A thin shell: the guard, the admission, the pipeline and the handlers decide. I/O thread.
#pragma once

#include "gateway/http/pipeline.hpp"
#include "gateway/http/request_reader.hpp"
#include "gateway/http/turns.hpp"

namespace florin::gateway {

class Session {
 public:
  Session(Core& core, const Site& site, std::unique_ptr<Stream> stream);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> run();     // until the connection ends
  asio::awaitable<void> refuse();  // one answer that there are too many connections, then the end

  void check_deadlines(Exchange::Time now);
  void drain();  // what has begun to arrive is the last request; what is in flight is answered
  void abort();  // ends at once

 private:
  using Time = Exchange::Time;
  using Ended = RequestReader::Ended;

  asio::awaitable<bool> handshake();

  // The reading side. True: another request may follow.
  asio::awaitable<bool> read_request();
  asio::awaitable<bool> wait_for_room(std::size_t body_bytes);
  asio::awaitable<bool> take_share(Exchange& exchange);
  asio::awaitable<bool> agree_to_continue(Exchange& exchange, std::string_view header);
  std::optional<Problem> take_header(std::string_view header, Exchange& exchange);
  bool hand_over(std::unique_ptr<Exchange> exchange);
  bool end_reading(std::unique_ptr<Exchange> exchange, const Ended& ended);
  void give_up_reading();

  // The writing side.
  asio::awaitable<void> write_answers();
  asio::awaitable<void> write_answer();
  asio::awaitable<error_code> write(std::array<asio::const_buffer, 2> bytes);

  Core& core_;
  const Site& site_;
  std::unique_ptr<Stream> stream_;
  RequestReader reader_;
  Pipeline pipeline_;
  std::shared_ptr<Turns> turns_ = std::make_shared<Turns>();
  asio::steady_timer room_;            // cancelled when the reading side may go on
  asio::steady_timer answered_;        // cancelled when the writing side may go on
  Time write_deadline_ = Time::max();  // of what is being written
  bool writing_ended_ = false;
  bool said_close_ = false;  // with the last answer
  bool draining_ = false;
  bool reading_given_up_ = false;
  bool aborted_ = false;
};

}  // namespace florin::gateway
