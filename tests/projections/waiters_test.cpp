#include "projections/waiters.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace florin;
using florin::projections::Waiters;

TEST_CASE("given a position, when it is already enough, then the callback comes at once and once") {
  Waiters waiters;
  waiters.advance({5});
  int calls = 0;
  waiters.when({5}, [&] { ++calls; });
  waiters.when({0}, [&] { ++calls; });
  waiters.advance({6});
  CHECK(calls == 2);
}

TEST_CASE(
    "given waits for several positions, when the position passes some, then only those are called, lowest "
    "first") {
  Waiters waiters;
  std::vector<int> order;
  waiters.when({7}, [&] { order.push_back(7); });
  waiters.when({3}, [&] { order.push_back(3); });
  waiters.when({5}, [&] { order.push_back(5); });
  waiters.advance({2});
  CHECK(order.empty());
  waiters.advance({6});
  CHECK(order == std::vector{3, 5});
  waiters.advance({7});
  CHECK(order == std::vector{3, 5, 7});
}

TEST_CASE("given a position, when a lower one is told, then it does not go back") {
  Waiters waiters;
  waiters.advance({9});
  waiters.advance({4});
  CHECK(waiters.position() == Sequence{9});
}

TEST_CASE("given a wait, when it is cancelled, then it is never called; cancelling twice or later is free") {
  Waiters waiters;
  int calls = 0;
  const auto token = waiters.when({3}, [&] { ++calls; });
  const auto reached = waiters.when({1}, [&] { ++calls; });
  waiters.advance({1});
  waiters.cancel(token);
  waiters.cancel(token);
  waiters.cancel(reached);
  waiters.advance({5});
  CHECK(calls == 1);
}

TEST_CASE(
    "given a running callback, when another thread cancels it, then cancel returns after it has ended") {
  Waiters waiters;
  std::promise<void> entered, leave;
  std::atomic<bool> ended = false;
  const auto token = waiters.when({1}, [&] {
    entered.set_value();
    leave.get_future().wait();
    ended = true;
  });
  std::thread advancing([&] { waiters.advance({1}); });
  entered.get_future().wait();
  auto cancelled = std::async(std::launch::async, [&] {
    waiters.cancel(token);
    return ended.load();
  });
  CHECK(cancelled.wait_for(std::chrono::milliseconds(20)) == std::future_status::timeout);
  leave.set_value();
  CHECK(cancelled.get());
  advancing.join();
}

TEST_CASE("given a callback that waits and cancels itself, then nothing locks up") {
  Waiters waiters;
  int calls = 0;
  Waiters::Token token = 0;
  token = waiters.when({1}, [&] {
    waiters.cancel(token);
    waiters.when({2}, [&] { ++calls; });
  });
  waiters.advance({1});
  CHECK(calls == 0);
  waiters.advance({2});
  CHECK(calls == 1);
}

TEST_CASE("given many waits and cancels while the position runs, then each wait ends in exactly one way") {
  Waiters waiters;
  constexpr std::uint64_t last = 20'000;
  std::thread advancing([&] {
    for (std::uint64_t at = 1; at <= last; ++at) waiters.advance({at});
  });
  std::atomic<std::uint64_t> calls = 0;
  std::uint64_t after_cancel = 0;
  while (waiters.position() < Sequence{last - 10}) {
    auto called = std::make_shared<std::atomic<bool>>(false);
    const auto token = waiters.when({waiters.position().value + 3}, [&calls, called] {
      *called = true;
      ++calls;
    });
    waiters.cancel(token);
    const bool at_cancel = *called;
    std::this_thread::yield();
    if (*called != at_cancel) ++after_cancel;
  }
  advancing.join();
  CHECK(after_cancel == 0);
}
