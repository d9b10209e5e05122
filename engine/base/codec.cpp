#include "engine/base/codec.hpp"

#include <array>

namespace florin {

void Writer::varint(u128 value) {
  if (value < 0x80) return out_.push_back(static_cast<std::uint8_t>(value));
  std::array<std::uint8_t, (sizeof value * 8 + 6) / 7> bytes;
  std::size_t size = 0;
  for (; value > ~std::uint64_t{0}; value >>= 7) bytes[size++] = static_cast<std::uint8_t>(value) | 0x80;
  auto word = static_cast<std::uint64_t>(value);  // cheaper to shift
  for (; word >= 0x80; word >>= 7) bytes[size++] = static_cast<std::uint8_t>(word) | 0x80;
  bytes[size++] = static_cast<std::uint8_t>(word);
  raw(ByteView(bytes).first(size));
}

u128 Reader::varint128(u128 max) {
  if (!in_.empty() && in_.front() < 0x80 && in_.front() <= max) {  // what nearly all are
    const std::uint8_t byte = in_.front();
    in_ = in_.subspan(1);
    return byte;
  }
  u128 value = 0;
  for (unsigned shift = 0; shift < 128; shift += 7) {
    if (in_.empty()) break;
    const std::uint8_t byte = in_.front();
    in_ = in_.subspan(1);
    const u128 part = byte & 0x7f;
    if (shift > 121 && part > (u128_max >> shift)) break;  // bits that do not fit
    value |= part << shift;
    if ((byte & 0x80) == 0) {
      if ((byte == 0 && shift > 0) || value > max) break;  // one number has one encoding
      return value;
    }
  }
  fail();
  return 0;
}

ByteView Reader::raw(std::size_t size) {
  if (failed_ || size > in_.size()) {
    fail();
    return {};
  }
  ByteView bytes = in_.first(size);
  in_ = in_.subspan(size);
  return bytes;
}

ByteView Reader::string(std::size_t size_max) {
  const auto size = varint<std::uint64_t>();
  if (size > size_max) {
    fail();
    return {};
  }
  return raw(static_cast<std::size_t>(size));
}

Hash256 Reader::hash() {
  Hash256 out{};
  ByteView bytes = raw(out.size());
  if (!bytes.empty()) std::memcpy(out.data(), bytes.data(), out.size());
  return out;
}

}  // namespace florin
