// Unsigned integers in big-endian order, in which keys order as their numbers do.
#pragma once

#include <array>
#include <cstddef>

#include "engine/base/bytes.hpp"

namespace florin {

template <class Int>
std::array<std::uint8_t, sizeof(Int)> big_endian(Int value) {
  std::array<std::uint8_t, sizeof value> bytes;
  for (std::size_t i = sizeof value; i > 0; value = static_cast<Int>(value >> 4 >> 4))
    bytes[--i] = static_cast<std::uint8_t>(value);
  return bytes;
}

template <class Int>
void add_big_endian(Bytes& out, Int value) {
  const auto bytes = big_endian(value);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace florin
