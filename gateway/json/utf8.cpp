#include "gateway/json/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace florin::gateway::json {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
}

bool between(std::uint8_t byte, std::uint8_t low, std::uint8_t high) { return byte >= low && byte <= high; }

// The length of the well-formed sequence at `i`, which is not ASCII, or 0: RFC 3629 section 4, row by row.
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const std::uint8_t first = byte_at(text, i), second = byte_at(text, i + 1);
  std::uint8_t low = 0x80, high = 0xbf;
  std::size_t length = 0;
  if (between(first, 0xc2, 0xdf)) {
    length = 2;
  } else if (between(first, 0xe0, 0xef)) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (between(first, 0xf0, 0xf4)) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  } else {
    return 0;
  }
  if (!between(second, low, high)) return 0;
  for (std::size_t k = 2; k < length; ++k)
    if (!between(byte_at(text, i + k), 0x80, 0xbf)) return 0;
  return length;
}

}  // namespace

std::size_t utf8_prefix(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    // Eight bytes of ASCII at a time: nearly all of what comes.
    std::uint64_t word = 0;
    if (text.size() - i >= sizeof word) {
      std::memcpy(&word, text.data() + i, sizeof word);
      if ((word & 0x8080808080808080ULL) == 0) {
        i += sizeof word;
        continue;
      }
    }
    if (byte_at(text, i) < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = sequence_length(text, i);
    if (length == 0) return i;
    i += length;
  }
  return i;
}

}  // namespace florin::gateway::json
