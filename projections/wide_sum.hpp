// Sums of amounts. Each amount may be 2^128-1, so that a sum needs more bits. Read by the gateway through
// projections/query.hpp.
#pragma once

#include <string>

#include "engine/base/bytes.hpp"

namespace florin::projections {

// An unsigned integer modulo 2^192. A sum of fewer than 2^64 amounts never reaches the modulus, so that
// adding and subtracting is exact in any order.
struct WideSum {
  u128 low = 0;
  std::uint64_t high = 0;
  WideSum& operator+=(WideSum other);
  WideSum& operator-=(WideSum other);
  friend bool operator==(const WideSum&, const WideSum&) = default;
};

std::string to_string(const WideSum& sum);  // decimal, canonical

struct WideBalances {
  WideSum debits_pending, debits_posted, credits_pending, credits_posted;
  WideBalances& operator+=(const WideBalances& other);
  bool balanced() const { return debits_pending == credits_pending && debits_posted == credits_posted; }
  friend bool operator==(const WideBalances&, const WideBalances&) = default;
};

}  // namespace florin::projections
