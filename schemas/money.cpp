#include "schemas/money.hpp"

#include <algorithm>

namespace florin {

std::string to_string(u128 value) {
  char digits[40];
  char* end = digits + sizeof digits;
  char* at = end;
  do {
    *--at = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  return std::string(at, end);
}

std::optional<u128> parse_decimal(std::string_view text, u128 max) {
  if (text.empty() || text.size() > 39 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  u128 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    u128 next = 0;
    if (__builtin_mul_overflow(value, u128{10}, &next)) return std::nullopt;
    if (__builtin_add_overflow(next, static_cast<u128>(c - '0'), &value)) return std::nullopt;
  }
  if (value > max) return std::nullopt;
  return value;
}

}  // namespace florin
