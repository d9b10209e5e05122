// Money is an integer: an unsigned 128-bit count of the ledger's smallest unit. Overflow is told, never
// wrapped.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/ids.hpp"

namespace florin {

struct Amount {
  u128 value{};
  friend constexpr auto operator<=>(const Amount&, const Amount&) = default;
};

inline constexpr Amount amount_max{
    u128_max};  // "all", where a post or a balancing transfer gives it that meaning

inline std::optional<Amount> checked_add(Amount a, Amount b) {
  u128 sum = 0;
  if (__builtin_add_overflow(a.value, b.value, &sum)) return std::nullopt;
  return Amount{sum};
}
inline std::optional<Amount> checked_subtract(Amount a, Amount b) {
  if (b.value > a.value) return std::nullopt;
  return Amount{a.value - b.value};
}
inline Amount min(Amount a, Amount b) { return a < b ? a : b; }

inline std::string to_string(Amount amount) { return to_string(amount.value); }

// Canonical decimal digits: no sign, no leading zero, no space, nothing over `max`. None otherwise.
std::optional<u128> parse_decimal(std::string_view text, u128 max = u128_max);

}  // namespace florin
