#include "deploy/florin/space_guard.hpp"

#include <doctest/doctest.h>

using namespace florin;
using std::chrono::milliseconds;

TEST_CASE(
    "given several folders, then the one with the least free space counts, and the reserve is inclusive") {
  std::uint64_t journal = 100;
  const SpaceGuard guard(
      {"/data", "/journal"}, 50,
      [&](const auto& folder) { return std::optional<std::uint64_t>(folder == "/data" ? 1'000 : journal); },
      milliseconds(0));
  CHECK(guard.enough());
  CHECK(guard.free_bytes() == 100);
  journal = 50;
  CHECK(guard.enough());
  journal = 49;
  CHECK_FALSE(guard.enough());
  CHECK(guard.free_bytes() == 49);
  journal = 51;
  CHECK(guard.enough());
}

TEST_CASE("given an interval, then the disk is asked once in it") {
  int asked = 0;
  const SpaceGuard guard(
      {"/data"}, 1,
      [&](const auto&) {
        ++asked;
        return std::optional<std::uint64_t>(0);
      },
      std::chrono::hours(1));
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(guard.enough());
  CHECK(asked == 1);
}

TEST_CASE("given a disk that cannot be asked, then nothing is refused: the write itself will tell") {
  const SpaceGuard guard(
      {"/data"}, 1, [](const auto&) { return std::nullopt; }, milliseconds(0));
  CHECK(guard.enough());
  CHECK_FALSE(SpaceGuard::free_bytes_at("/no/such/folder"));
  CHECK(SpaceGuard::free_bytes_at("/").has_value());
}
