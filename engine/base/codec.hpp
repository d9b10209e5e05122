// Writer and Reader of the house encoding: fixed integers little-endian, counts and amounts as LEB128
// varints, byte strings with a varint length. Every format page in docs/formats is written in these terms.
#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/base/bytes.hpp"

namespace florin {

class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  template <class Int>
    requires(std::is_integral_v<Int> || std::is_same_v<Int, u128>)
  void fixed(Int value) {
    static_assert(std::endian::native == std::endian::little);
    raw({reinterpret_cast<const std::uint8_t*>(&value), sizeof value});
  }
  void varint(u128 value);  // 7 bits a byte, low bits first, high bit set on all but the last
  void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void string(ByteView bytes) {
    varint(bytes.size());
    raw(bytes);
  }
  void string(std::string_view text) { string(as_bytes(text)); }
  std::size_t size() const { return out_.size(); }
  Bytes& buffer() { return out_; }

 private:
  Bytes& out_;
};

// Reads never run past the end: the first read that would, or a varint that is not in its shortest form or
// too large for the caller's type, sets failed() and every later read gives zero.
class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}

  template <class Int>
    requires(std::is_integral_v<Int> || std::is_same_v<Int, u128>)
  Int fixed() {
    Int value{};
    ByteView bytes = raw(sizeof value);
    if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  u128 varint128(u128 max = u128_max);
  template <class Int = std::uint64_t>
  Int varint() {
    return static_cast<Int>(varint128(static_cast<Int>(~Int{0})));
  }
  ByteView raw(std::size_t size);
  ByteView string(std::size_t size_max);
  std::string text(std::size_t size_max) { return std::string(as_text(string(size_max))); }
  Hash256 hash();

  std::size_t left() const { return in_.size(); }
  bool failed() const { return failed_; }
  bool done() const { return !failed_ && in_.empty(); }  // everything read, nothing left over
  void fail() {
    failed_ = true;
    in_ = {};
  }

 private:
  ByteView in_;
  bool failed_ = false;
};

}  // namespace florin
