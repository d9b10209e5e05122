#include "engine/store/aes_ctr.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "engine/base/hex.hpp"

namespace florin {
namespace {

CounterBlock counter(std::string_view hex) {
  const Bytes bytes = from_hex(hex).value();
  CounterBlock block{};
  std::copy(bytes.begin(), bytes.end(), block.begin());
  return block;
}

// NIST SP 800-38A, F.5.5: CTR-AES256.
const char* const key_hex = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
const char* const start_hex = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
const char* const plain_hex =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
const char* const cipher_hex =
    "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
    "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6";

TEST_CASE("the standard's vector") {
  AesCtr cipher{SecretKey(from_hex(key_hex).value())};
  Bytes bytes = from_hex(plain_hex).value();
  REQUIRE(cipher.crypt(counter(start_hex), 0, bytes));
  CHECK(to_hex(bytes) == cipher_hex);
  REQUIRE(cipher.crypt(counter(start_hex), 0, bytes));
  CHECK(to_hex(bytes) == plain_hex);
}

TEST_CASE("any part of the stream decrypts by itself, whatever its offset and size") {
  AesCtr cipher{SecretKey(from_hex(key_hex).value())};
  const Bytes plain = from_hex(plain_hex).value(), sealed = from_hex(cipher_hex).value();
  for (std::size_t first = 0; first < plain.size(); ++first) {
    for (std::size_t last = first; last <= plain.size(); ++last) {
      Bytes part(sealed.begin() + static_cast<std::ptrdiff_t>(first),
                 sealed.begin() + static_cast<std::ptrdiff_t>(last));
      REQUIRE(cipher.crypt(counter(start_hex), first, part));
      REQUIRE(std::equal(part.begin(), part.end(), plain.begin() + static_cast<std::ptrdiff_t>(first)));
    }
  }
}

TEST_CASE("the counter carries over all its 128 bits") {
  AesCtr cipher{SecretKey(from_hex(key_hex).value())};
  const CounterBlock start = counter("fffffffffffffffffffffffffffffffe");
  Bytes whole(64, 0);
  REQUIRE(cipher.crypt(start, 0, whole));
  for (std::size_t offset = 0; offset < whole.size(); offset += 16) {
    Bytes block(16, 0);
    REQUIRE(cipher.crypt(start, offset, block));
    CHECK(std::equal(block.begin(), block.end(), whole.begin() + static_cast<std::ptrdiff_t>(offset)));
  }
  Bytes wrapped(16, 0);
  REQUIRE(cipher.crypt(counter("00000000000000000000000000000000"), 0, wrapped));
  CHECK(std::equal(wrapped.begin(), wrapped.end(), whole.begin() + 32));
}

TEST_CASE("threads share one cipher") {
  AesCtr cipher{SecretKey::random()};
  const CounterBlock start = counter(start_hex);
  Bytes expected(1000, 7);
  REQUIRE(cipher.crypt(start, 5, expected));
  int wrong[3] = {};
  std::vector<std::thread> threads;
  for (int& errors : wrong)
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        Bytes bytes(1000, 7);
        if (!cipher.crypt(start, 5, bytes) || bytes != expected) ++errors;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong[0] + wrong[1] + wrong[2] == 0);
}

}  // namespace
}  // namespace florin
