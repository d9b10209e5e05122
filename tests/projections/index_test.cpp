#include "projections/index.hpp"

#include "tests/projections/index_shop.hpp"

using namespace florin;
using namespace florin::test;

TEST_CASE("given a first page of newest rows, then it has no previous; what comes later is before page two") {
  Shop shop;
  for (std::uint64_t at = 1; at <= 4; ++at) shop.add({{at}, {}});
  Slice slice;
  slice.descending = true;
  slice.limit = 2;
  auto page = shop.page({}, slice);
  CHECK(!page.previous);
  slice.cursor = page.next;
  page = shop.page({}, slice);
  CHECK(page.rows.front().timestamp == Timestamp{2});
  shop.add({{5}, {}});
  slice.cursor = page.previous;
  page = shop.page({}, slice);
  CHECK(page.rows.front().timestamp == Timestamp{4});
  CHECK(page.rows.back().timestamp == Timestamp{3});
  REQUIRE(page.previous);
  slice.cursor = page.previous;
  page = shop.page({}, slice);
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows.front().timestamp == Timestamp{5});
  CHECK(!page.previous);
}

TEST_CASE("given a cursor whose rows are gone, then its page is empty and leads back to where it came from") {
  Shop shop;
  for (std::uint64_t at = 1; at <= 3; ++at) shop.add({{at}, {}});
  for (const bool descending : {false, true}) {
    Slice slice;
    slice.descending = descending;
    const std::uint64_t end = descending ? 1 : 3;
    slice.cursor = Cursor{{end}, false};
    auto page = shop.page({}, slice);
    CHECK(page.rows.empty());
    CHECK(!page.next);
    REQUIRE(page.previous);
    slice.cursor = page.previous;
    page = shop.page({}, slice);
    CHECK(page.rows.size() == 3);
    CHECK(page.rows.back().timestamp == Timestamp{end});
  }
}

TEST_CASE("given timestamps at the ends of their range, then they are found and are no error") {
  Shop shop;
  constexpr std::uint64_t max = ~std::uint64_t{0};
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{7}, max}) shop.add({{at}, {}});
  for (const Filter& filter : {Filter{}, Filter{{{0}, {0}, {}, {}}}})
    for (const bool descending : {false, true}) {
      Slice slice;
      slice.descending = descending;
      slice.limit = 1;
      CHECK(there_and_back(shop, filter, slice).size() == 3);
      slice.cursor = Cursor{{descending ? 0 : max}, false};
      CHECK(shop.page(filter, slice).rows.empty());
    }
}

TEST_CASE("given timestamps instead of an index, then they are a field like any other") {
  Shop shop;
  for (std::uint64_t at = 1; at <= 9; ++at) shop.add({{at}, {static_cast<std::uint8_t>(at % 2), 0, 0, 0}});
  const Filter odd{{{1}, {}, {}, {}}};
  IndexQuery query = Shop::query(odd);
  query.terms.push_back({{}, {{9}, {2}, {3}, {77}}});
  auto page = shop.find(query, odd, {});
  REQUIRE(page);
  CHECK(page->rows == std::vector<Thing>{shop.things.at(3), shop.things.at(9)});
  query.terms.push_back({});  // a field with no value at all: nothing has it
  page = shop.find(query, odd, {});
  REQUIRE(page);
  CHECK(page->rows.empty());
}

TEST_CASE("given a limit out of bounds, then it is refused") {
  Shop shop;
  for (const std::uint32_t limit : {0u, page_items_max + 1}) {
    Slice slice;
    slice.limit = limit;
    const auto found = shop.find(Shop::query({}), {}, slice);
    REQUIRE(!found);
    CHECK(found.error().code == Errc::invalid_argument);
  }
}

TEST_CASE("given more rows to look at than a query may, then it fails, and says what helps") {
  Shop shop;
  for (std::uint64_t at = 1; at <= 1000; ++at)
    shop.add({{at}, {static_cast<std::uint8_t>(at == 1000 ? 1 : 0), 0, 0, 0}});
  const Filter rare{{{1}, {}, {}, {}}};
  IndexQuery broad{row_key(table_things)};
  const auto refused = shop.find(broad, rare, {}, 900);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::too_broad);
  CHECK(refused.error().message == "The query would look at more than 900 rows. Ask for less.");
  Slice slice;
  slice.timestamp_min = {700};
  CHECK(shop.find(broad, rare, slice, 900)->rows.size() == 1);           // narrowed by time
  CHECK(shop.find(Shop::query(rare), rare, {}, 900)->rows.size() == 1);  // by the index
  slice = {};
  slice.limit = 20;
  CHECK(shop.find(broad, {}, slice, 100)->rows.size() == 20);  // a page that is full soon enough
}

// The cost of an answer must come from the field that few rows have, not from those that many have.
TEST_CASE("given a rare value and fields that nearly all rows share, then few rows are looked at") {
  Shop shop;
  for (std::uint64_t at = 1; at <= 20'000; ++at)
    shop.add({{at}, {0, static_cast<std::uint8_t>(at % 100 == 0 ? 1 : 0), 0, 0}});
  const Filter filter{{{0}, {1}, {0}, {0}}};
  Slice slice;
  slice.limit = 200;
  const auto found = shop.find(Shop::query(filter), filter, slice, 3'000);
  REQUIRE(found);
  CHECK(found->rows.size() == 200);
}

TEST_CASE("given two fields that are equally frequent and rarely meet, then their rows are not fetched") {
  Shop shop;
  for (std::uint64_t at = 1; at <= 20'000; ++at)
    shop.add({{at},
              {static_cast<std::uint8_t>(at % 10 == 0 || at == 11'111 ? 1 : 0),
               static_cast<std::uint8_t>(at % 10 == 5 || at == 11'111 ? 1 : 0), 0, 0}});
  const Filter filter{{{1}, {1}, {}, {}}};
  const auto found = shop.find(Shop::query(filter), filter, {}, 6'000);
  REQUIRE(found);
  CHECK(found->rows.size() == 1);
  CHECK(shop.fetched == 1);
}

TEST_CASE("given a field that is frequent first and then ends, then the walk ends soon after it") {
  Shop shop;
  for (std::uint64_t at = 1; at <= 20'000; ++at)
    shop.add({{at}, {0, static_cast<std::uint8_t>(at <= 1000 ? 1 : 0), 0, 0}});
  const Filter filter{{{0}, {1}, {}, {}}};
  Slice slice;
  slice.limit = 1000;
  const auto found = shop.find(Shop::query(filter), filter, slice, 6'000);
  REQUIRE(found);
  CHECK(found->rows.size() == 1000);
  CHECK(!found->next);
}
