#include "gateway/auth/failed_attempts.hpp"

#include <doctest/doctest.h>

#include <string>

namespace florin::gateway {
namespace {

constexpr Timestamp start{1'000'000'000'000};

void exhaust(FailedAttempts& attempts, std::string_view client, Timestamp now) {
  for (std::uint32_t i = 0; i < FailedAttempts::per_window_max; ++i) REQUIRE(attempts.note(client, now));
}

}  // namespace

TEST_CASE("after ten failures in a minute the next is one too many, for that client alone") {
  FailedAttempts attempts;
  exhaust(attempts, "7-a", start);
  CHECK(!attempts.note("7-a", start));
  CHECK(!attempts.note("7-a", {start.value + FailedAttempts::window_ns - 1}));
  CHECK(attempts.note("7-b", start));
}

TEST_CASE("a minute after the first failure counting begins anew") {
  FailedAttempts attempts;
  exhaust(attempts, "7-a", start);
  const Timestamp later{start.value + FailedAttempts::window_ns};
  exhaust(attempts, "7-a", later);
  CHECK(!attempts.note("7-a", later));
}

TEST_CASE("a clock that was set back does not prolong the limit") {
  FailedAttempts attempts;
  exhaust(attempts, "7-a", start);
  CHECK(attempts.note("7-a", {start.value - 1}));
}

TEST_CASE("memory is bounded: the client that failed longest ago is forgotten") {
  FailedAttempts attempts(2);
  exhaust(attempts, "7-a", start);
  CHECK(attempts.note("7-b", start));
  CHECK(!attempts.note("7-a", start));  // and is used last now
  CHECK(attempts.note("7-c", start));   // takes the place of b
  CHECK(!attempts.note("7-a", start));
  exhaust(attempts, "7-b", start);
}

}  // namespace florin::gateway
