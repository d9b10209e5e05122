#include "gateway/http/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

using florin::gateway::Turns;

TEST_CASE("what is ready first waits for what was asked first") {
  const auto turns = std::make_shared<Turns>();
  std::vector<int> done;
  const auto first = turns->take(), second = turns->take(), third = turns->take();
  third->use([&] { done.push_back(3); });
  CHECK(done.empty());
  first->use([&] { done.push_back(1); });
  CHECK(done == std::vector{1});
  second->use([&] { done.push_back(2); });
  CHECK(done == std::vector{1, 2, 3});
  turns->take()->use([&] { done.push_back(4); });
  CHECK(done == std::vector{1, 2, 3, 4});
}

TEST_CASE("a turn that is given up holds nobody back") {
  const auto turns = std::make_shared<Turns>();
  std::vector<int> done;
  auto first = turns->take(), second = turns->take(), third = turns->take();
  third->use([&] { done.push_back(3); });
  second.reset();
  CHECK(done.empty());
  first.reset();
  CHECK(done == std::vector{3});
}

TEST_CASE("an action may take, use and give up turns itself") {
  const auto turns = std::make_shared<Turns>();
  std::vector<int> done;
  auto first = turns->take(), second = turns->take();
  first->use([&] {
    done.push_back(1);
    turns->take()->use([&] { done.push_back(3); });
    second->use([&] { done.push_back(2); });
    CHECK(done == std::vector{1});
  });
  CHECK(done == std::vector{1, 2, 3});
}

TEST_CASE("whichever threads use their turns whenever, each happens once and in order") {
  constexpr std::size_t threads = 4, count = 200;
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    const auto turns = std::make_shared<Turns>();
    std::vector<std::shared_ptr<Turns::Turn>> taken;
    for (std::size_t i = 0; i < count; ++i) taken.push_back(turns->take());
    std::vector<std::size_t> order(count), done, expected;
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    std::vector<std::thread> running;
    for (std::size_t t = 0; t < threads; ++t)
      running.emplace_back([&, t] {
        for (std::size_t i = t; i < count; i += threads) {
          const std::size_t number = order[i];
          if (number % 7 != 0) taken[number]->use([&done, number] { done.push_back(number); });
          taken[number].reset();
        }
      });
    for (std::thread& thread : running) thread.join();
    for (std::size_t i = 0; i < count; ++i)
      if (i % 7 != 0) expected.push_back(i);
    REQUIRE(done == expected);
  }
}
