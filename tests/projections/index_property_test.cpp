// Pages of index queries against a look at everything.
#include <random>

#include "tests/projections/index_shop.hpp"

using namespace florin;
using namespace florin::test;

namespace {

using Dice = std::mt19937_64;

Thing random_thing(Dice& dice, std::uint64_t at) {
  Thing thing{{at}, {}};
  for (std::size_t i = 0; i < fields; ++i) thing.values[i] = static_cast<std::uint8_t>(dice() % (2 + 6 * i));
  thing.values[3] = dice() % 50 == 0 ? 1 : 0;
  return thing;
}

Filter random_filter(Dice& dice) {
  Filter filter;
  for (std::size_t i = 0; i < fields; ++i) {
    if (dice() % 2 == 0) continue;
    const std::size_t count = 1 + dice() % 3;
    for (std::size_t j = 0; j < count; ++j)
      filter[i].push_back(static_cast<std::uint8_t>(dice() % (2 + 6 * i)));
  }
  if (!filter[3].empty()) filter[3] = {static_cast<std::uint8_t>(dice() % 3)};
  return filter;
}

}  // namespace

TEST_CASE("given random rows and filters, then pages both ways give what a look at everything gives") {
  constexpr std::uint64_t seed = 31;
  Dice dice(seed);
  for (int round = 0; round < 12; ++round) {
    Shop shop;
    std::uint64_t at = 0;
    const std::size_t count = dice() % 1500;
    for (std::size_t i = 0; i < count; ++i) shop.add(random_thing(dice, at += 1 + dice() % 3));
    for (std::size_t i = 0; i < count / 20; ++i) {
      auto any = shop.things.begin();
      std::advance(any, static_cast<std::ptrdiff_t>(dice() % count));
      shop.mislead(dice() % fields, static_cast<std::uint8_t>(dice() % 3), {any->first});
    }
    for (int question = 0; question < 40; ++question) {
      CAPTURE(seed);
      CAPTURE(round);
      CAPTURE(question);
      Slice slice;
      slice.descending = dice() % 2 == 0;
      slice.limit = static_cast<std::uint32_t>(1 + dice() % 90);
      if (dice() % 2 == 0) slice.timestamp_min = {dice() % (at + 2)};
      if (dice() % 2 == 0) slice.timestamp_max = {dice() % (at + 2)};
      const Filter filter = random_filter(dice);
      CHECK(there_and_back(shop, filter, slice) == shop.all(filter, slice));
    }
  }
}

TEST_CASE("given rows that are added between pages, then both orders tell every earlier row exactly once") {
  Dice dice(5);
  for (const bool descending : {false, true}) {
    Shop shop;
    std::uint64_t at = 0;
    const auto add = [&] {
      for (int i = 0; i < 7; ++i) shop.add(random_thing(dice, ++at));
    };
    for (int i = 0; i < 40; ++i) add();
    const Filter filter{{{0}, {0, 1, 2, 3}, {}, {}}};
    Slice slice;
    slice.descending = descending;
    slice.limit = 5;
    const auto before = shop.all(filter, slice);
    const std::uint64_t begin = at;
    std::vector<Thing> seen;
    do {
      const auto page = shop.page(filter, slice);
      for (const Thing& thing : page.rows)
        if (thing.timestamp.value <= begin) seen.push_back(thing);
      slice.cursor = page.next;
      if (at < begin + 200) add();
    } while (slice.cursor);
    CHECK(seen == before);
  }
}
