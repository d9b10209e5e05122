#include "gateway/http/pipeline.hpp"

#include "engine/base/assert.hpp"

namespace florin::gateway {

Pipeline::Next Pipeline::next_request(std::size_t body_bytes) const {
  if (closed_) return Next::end;
  if (empty()) return Next::go;
  const bool room = in_flight_.size() < requests_max_ && body_bytes_ + body_bytes <= body_bytes_max_;
  return room ? Next::go : Next::wait;
}

void Pipeline::push(std::unique_ptr<Exchange> exchange) {
  FLORIN_ASSERT(!closed_ && (empty() || in_flight_.size() < requests_max_));
  closed_ = exchange->last;
  body_bytes_ += exchange->share.bytes();
  in_flight_.push_back(std::move(exchange));
}

void Pipeline::close() { closed_ = true; }

Pipeline::Next Pipeline::next_answer() const {
  if (!empty()) return in_flight_.front()->answered() ? Next::go : Next::wait;
  return closed_ ? Next::end : Next::wait;
}

void Pipeline::pop() {
  FLORIN_ASSERT(!empty() && in_flight_.front()->answered());
  body_bytes_ -= in_flight_.front()->share.bytes();
  in_flight_.pop_front();
  FLORIN_ASSERT(!empty() || body_bytes_ == 0);
}

bool Pipeline::expire(Exchange::Time now) {
  bool any = false;
  for (const auto& exchange : in_flight_) any = exchange->expire(now) || any;
  return any;
}

}  // namespace florin::gateway
