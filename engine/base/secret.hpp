// A secret key of a fixed size: wiped when it goes, never printed, never copied by accident.
#pragma once

#include <sodium.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/base/assert.hpp"
#include "engine/base/bytes.hpp"

namespace florin {

template <std::size_t Size>
class Secret {
 public:
  Secret() = default;
  explicit Secret(ByteView bytes) {
    FLORIN_ASSERT(bytes.size() == Size);
    std::memcpy(bytes_.data(), bytes.data(), Size);
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  static Secret random() {
    Secret secret;
    randombytes_buf(secret.bytes_.data(), Size);
    return secret;
  }

  Secret clone() const { return Secret(view()); }
  ByteView view() const { return bytes_; }
  const std::uint8_t* data() const { return bytes_.data(); }
  std::uint8_t* data() { return bytes_.data(); }
  static constexpr std::size_t size() { return Size; }
  void wipe() { sodium_memzero(bytes_.data(), Size); }

 private:
  std::array<std::uint8_t, Size> bytes_{};
};

using SecretKey = Secret<32>;

}  // namespace florin
