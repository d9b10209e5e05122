#include "projections/wide_sum.hpp"

#include <doctest/doctest.h>

using namespace florin;
using namespace florin::projections;

TEST_CASE("given sums of any size, then they are told in decimal digits") {
  CHECK(to_string(WideSum{}) == "0");
  CHECK(to_string(WideSum{10}) == "10");
  CHECK(to_string(WideSum{u128_max}) == "340282366920938463463374607431768211455");
  CHECK(to_string(WideSum{0, 1}) == "340282366920938463463374607431768211456");
  CHECK(to_string(WideSum{u128_max, ~std::uint64_t{0}}) ==
        "6277101735386680763835789423207666416102355444464034512895");
}

TEST_CASE("given additions beyond 128 bits, then taking back gives what was") {
  WideSum sum{u128_max - 1};
  sum += {5};
  CHECK(sum == WideSum{3, 1});
  sum -= {5};
  CHECK(sum == WideSum{u128_max - 1, 0});
}
