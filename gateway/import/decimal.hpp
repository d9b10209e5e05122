// Decimal numbers of journals, exact: an integer and how many of its digits are decimals. Never a float.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.hpp"

namespace florin::importing {

__extension__ typedef __int128 i128;

inline constexpr unsigned decimals_max = 18;  // what a ledger's exponent can be

struct Decimal {
  bool negative = false;
  u128 digits = 0;        // without the decimal mark
  unsigned decimals = 0;  // of the digits, how many stand behind the mark; trailing zeros are cut off
  bool zero() const { return digits == 0; }
};

// [+-]DIGITS[.DIGITS], with a point or a comma as the mark: the tools print no digit groups. None for
// anything else, and for more digits than 128 bits hold.
std::optional<Decimal> read_decimal(std::string_view text);

// The number in units of 10^-exponent. None when digits would be lost or it does not fit.
std::optional<i128> in_units(const Decimal& number, unsigned exponent);

std::string to_string(const Decimal& number);

}  // namespace florin::importing
