#include "gateway/import/decimal.hpp"

#include "schemas/ids.hpp"

namespace florin::importing {
namespace {

constexpr u128 magnitude_max = u128_max >> 1;

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Decimal> read_decimal(std::string_view text) {
  Decimal number;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    number.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  bool mark = false, any = false;
  for (const char c : text) {
    if (c == '.' || c == ',') {
      if (mark || !any) return std::nullopt;
      mark = true;
      continue;
    }
    if (!digit(c)) return std::nullopt;
    const auto next = static_cast<unsigned>(c - '0');
    if (number.digits > (magnitude_max - next) / 10) return std::nullopt;
    number.digits = number.digits * 10 + next;
    number.decimals += mark ? 1 : 0;
    any = true;
  }
  if (!any) return std::nullopt;
  for (; number.decimals > 0 && number.digits % 10 == 0; --number.decimals) number.digits /= 10;
  if (number.zero()) number.negative = false;
  return number;
}

std::optional<i128> in_units(const Decimal& number, unsigned exponent) {
  if (number.decimals > exponent) return std::nullopt;
  u128 units = number.digits;
  for (unsigned i = number.decimals; i < exponent; ++i) {
    if (units > magnitude_max / 10) return std::nullopt;
    units *= 10;
  }
  const i128 magnitude = static_cast<i128>(units);
  return number.negative ? -magnitude : magnitude;
}

std::string to_string(const Decimal& number) {
  std::string text = florin::to_string(number.digits);
  if (text.size() <= number.decimals) text.insert(0, number.decimals + 1 - text.size(), '0');
  if (number.decimals > 0) text.insert(text.size() - number.decimals, 1, '.');
  return number.negative ? "-" + text : text;
}

}  // namespace florin::importing
