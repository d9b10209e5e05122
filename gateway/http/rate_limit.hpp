// Token buckets, one for each caller, in a bounded table. Time is given by the caller. One thread.
//
// Source of the header fields: draft-ietf-httpapi-ratelimit-headers-11.
#pragma once

#include <chrono>
#include <list>
#include <string>
#include <unordered_map>

#include "schemas/access.hpp"

namespace florin::gateway {

struct RatePolicy {
  std::uint32_t quota = 0;     // requests in a window: the bucket's size
  std::uint32_t window_s = 1;  // in which an empty bucket fills
};

class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t callers_max = 16'384;  // over it the caller seen longest ago is forgotten

  explicit RateLimiter(RatePolicy policy);  // quota and window at least 1

  struct Verdict {
    bool allowed = false;
    std::uint32_t remaining = 0;      // whole requests left
    std::uint32_t reset_s = 0;        // until the bucket is full
    std::uint32_t retry_after_s = 0;  // when not allowed: until the next request is
  };
  Verdict take(BookId book, const Principal& principal, Time now);

  std::string policy_field() const;                        // RateLimit-Policy: "default";q=100;w=60
  static std::string state_field(const Verdict& verdict);  // RateLimit: "default";r=50;t=30
  std::size_t callers() const { return buckets_.size(); }

 private:
  struct Key {
    BookId book;
    Principal principal;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct Bucket {
    Time full_at;  // when it is full again: one number says how full it is now
    std::list<Key>::iterator age;
  };
  Bucket& bucket(const Key& key, Time now);
  std::chrono::nanoseconds cost() const;  // of one request: the time to win it back

  RatePolicy policy_;
  std::unordered_map<Key, Bucket, KeyHash> buckets_;
  std::list<Key> ages_;  // least recently seen first
};

}  // namespace florin::gateway
