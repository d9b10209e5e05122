#include "gateway/auth/lru.hpp"

#include <doctest/doctest.h>

namespace florin::gateway {
namespace {

Hash256 key(std::uint8_t byte) {
  Hash256 hash{};
  hash[0] = byte;
  return hash;
}

}  // namespace

TEST_CASE("given a full map, a new entry takes the place of the one that was used longest ago") {
  Lru<int> map(3);
  for (std::uint8_t i = 1; i <= 3; ++i) map.put(key(i), i);
  CHECK(*map.find(key(1)) == 1);  // now 2 is the oldest
  map.put(key(4), 4);
  CHECK(map.size() == 3);
  CHECK(map.find(key(2)) == nullptr);
  for (const auto& kept : {key(1), key(3), key(4)}) CHECK(map.find(kept) != nullptr);
}

TEST_CASE("putting a known key replaces its value and takes no more room") {
  Lru<int> map(2);
  map.put(key(1), 1);
  map.put(key(2), 2);
  map.put(key(1), 10);
  CHECK(map.size() == 2);
  CHECK(*map.find(key(1)) == 10);
  CHECK(*map.find(key(2)) == 2);
}

TEST_CASE("keys that share their first bytes are different keys") {
  Lru<int> map(2);
  Hash256 other = key(1);
  other[31] = 1;
  map.put(key(1), 1);
  map.put(other, 2);
  CHECK(*map.find(key(1)) == 1);
  CHECK(*map.find(other) == 2);
}

}  // namespace florin::gateway
