#include "deploy/florin/stop_limit.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

using namespace florin;
using namespace std::chrono_literals;

TEST_CASE("given a stop that hangs, when its time has passed, then that is told, once and not before") {
  std::atomic<int> told = 0;
  std::promise<void> passed;
  const auto begin = std::chrono::steady_clock::now();
  {
    const StopLimit limit(50ms, [&] {
      ++told;
      passed.set_value();
    });
    REQUIRE(passed.get_future().wait_for(20s) == std::future_status::ready);
    CHECK(std::chrono::steady_clock::now() - begin >= 50ms);
  }
  CHECK(told == 1);
}

TEST_CASE("given a stop that ends in time, then nothing is told and nobody waits for the limit") {
  std::atomic<int> told = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    const StopLimit limit(60s, [&] { ++told; });
  }
  CHECK(std::chrono::steady_clock::now() - begin < 30s);
  CHECK(told == 0);
}
