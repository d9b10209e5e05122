#include "projections/wide_sum.hpp"

#include <algorithm>

namespace florin::projections {

WideSum& WideSum::operator+=(WideSum other) {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
  return *this;
}

WideSum& WideSum::operator-=(WideSum other) {
  high -= other.high + (low < other.low ? 1 : 0);
  low -= other.low;
  return *this;
}

std::string to_string(const WideSum& sum) {
  std::uint64_t parts[] = {sum.high, static_cast<std::uint64_t>(sum.low >> 64),
                           static_cast<std::uint64_t>(sum.low)};
  std::string digits;
  do {
    std::uint64_t rest = 0;  // long division by ten, 64 bits at a time
    for (std::uint64_t& part : parts) {
      const u128 dividend = (u128{rest} << 64) | part;
      part = static_cast<std::uint64_t>(dividend / 10);
      rest = static_cast<std::uint64_t>(dividend % 10);
    }
    digits += static_cast<char>('0' + rest);
  } while ((parts[0] | parts[1] | parts[2]) != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

WideBalances& WideBalances::operator+=(const WideBalances& other) {
  debits_pending += other.debits_pending;
  debits_posted += other.debits_posted;
  credits_pending += other.credits_pending;
  credits_posted += other.credits_posted;
  return *this;
}

}  // namespace florin::projections
