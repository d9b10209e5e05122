// The order of one connection: several requests are in flight, and their answers go out in the order in which
// the requests came, whichever is ready first. A plain state machine that says what each side may do next; a
// session obeys. I/O thread.
#pragma once

#include <deque>
#include <memory>

#include "gateway/http/exchange.hpp"

namespace florin::gateway {

class Pipeline {
 public:
  enum class Next : std::uint8_t {
    go,
    wait,  // until the other side went on
    end,
  };

  explicit Pipeline(const ServerLimits& limits)
      : requests_max_(limits.pipeline_max), body_bytes_max_(limits.pipeline_body_bytes_max) {}

  // Whether another request, with so large a body, may be read. A body that is too large for the bound comes
  // alone.
  Next next_request(std::size_t body_bytes) const;
  // The request was read; it is answered or a handler has it. The `last` one closes the pipeline.
  void push(std::unique_ptr<Exchange> exchange);
  void close();  // no further request

  Next next_answer() const;  // go: the front is answered; end: nothing is in flight and nothing will be
  Exchange& front() { return *in_flight_.front(); }
  bool front_is_last() const { return closed_ && in_flight_.size() == 1; }
  void pop();                       // its answer was written
  bool expire(Exchange::Time now);  // true: some answer is now that there is none

  bool empty() const { return in_flight_.empty(); }

 private:
  const std::size_t requests_max_, body_bytes_max_;
  std::deque<std::unique_ptr<Exchange>> in_flight_;  // as they came, deadlines ascending
  std::size_t body_bytes_ = 0;                       // of in_flight_
  bool closed_ = false;
};

}  // namespace florin::gateway
