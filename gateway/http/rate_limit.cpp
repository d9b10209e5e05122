#include "gateway/http/rate_limit.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace florin::gateway {
namespace {

std::uint32_t seconds_up(std::chrono::nanoseconds duration) {
  return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

}  // namespace

RateLimiter::RateLimiter(RatePolicy policy) : policy_(policy) {
  FLORIN_ASSERT(policy_.quota > 0 && policy_.window_s > 0);
}

std::chrono::nanoseconds RateLimiter::cost() const {
  return std::chrono::nanoseconds(std::chrono::seconds(policy_.window_s)) / policy_.quota;
}

// The generic cell rate algorithm: a request may come when the bucket, with the request taken out, is full
// again within one window from now.
RateLimiter::Verdict RateLimiter::take(BookId book, const Principal& principal, Time now) {
  Bucket& caller = bucket({book, principal}, now);
  const std::chrono::nanoseconds window = cost() * policy_.quota;
  const Time full_at = std::max(caller.full_at, now) + cost();
  Verdict verdict;
  verdict.allowed = full_at - now <= window;
  if (verdict.allowed) caller.full_at = full_at;
  else verdict.retry_after_s = seconds_up(full_at - now - window);
  const std::chrono::nanoseconds missing = caller.full_at - now;
  verdict.remaining = static_cast<std::uint32_t>((window - missing) / cost());
  verdict.reset_s = seconds_up(missing);
  return verdict;
}

RateLimiter::Bucket& RateLimiter::bucket(const Key& key, Time now) {
  if (const auto found = buckets_.find(key); found != buckets_.end()) {
    ages_.splice(ages_.end(), ages_, found->second.age);
    return found->second;
  }
  if (buckets_.size() == callers_max) {
    buckets_.erase(ages_.front());
    ages_.pop_front();
  }
  ages_.push_back(key);
  return buckets_.emplace(key, Bucket{now, std::prev(ages_.end())}).first->second;
}

std::size_t RateLimiter::KeyHash::operator()(const Key& key) const {
  const auto kind = static_cast<std::uint64_t>(key.principal.kind);
  return InBookHash{}(InBook<ClientId>{key.book, ClientId{key.principal.id ^ (kind << 60)}});
}

std::string RateLimiter::policy_field() const {
  return "\"default\";q=" + std::to_string(policy_.quota) + ";w=" + std::to_string(policy_.window_s);
}

std::string RateLimiter::state_field(const Verdict& verdict) {
  return "\"default\";r=" + std::to_string(verdict.remaining) + ";t=" + std::to_string(verdict.reset_s);
}

}  // namespace florin::gateway
