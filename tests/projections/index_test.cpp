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

TEST_CASE("given a field with no value at all, then nothing has it") {
  Shop shop;
  shop.add({{1}, {}});
  IndexQuery query = Shop::query({{{0}, {}, {}, {}}});
  query.terms.push_back({});
  const auto page = shop.find(query, {}, {});
  REQUIRE(page);
  CHECK(page->rows.empty());
}

TEST_CASE("given timestamps that are known already, then they are walked as index rows are") {
  Shop shop;
  constexpr std::uint64_t max = ~std::uint64_t{0};
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{5}, std::uint64_t{7}, max})
    shop.add({{at}, {static_cast<std::uint8_t>(at == 5 ? 1 : 0), 0, 0, 0}});
  const auto found = [&](IndexQuery query, const std::vector<Timestamp>& known, Slice slice) {
    std::vector<std::uint64_t> timestamps;
    query.terms.push_back({.timestamps = known});
    for (slice.limit = 1;;) {
      const auto page = shop.find(query, {}, slice);
      REQUIRE(page);
      for (const Thing& thing : page->rows) timestamps.push_back(thing.timestamp.value);
      if (!page->next) return timestamps;
      slice.cursor = page->next;
    }
  };
  using Found = std::vector<std::uint64_t>;
  const std::vector<Timestamp> known{{7}, {max}, {0}, {5}};
  Slice slice;
  CHECK(found(Shop::query({}), known, slice) == Found{0, 5, 7, max});
  CHECK(found(Shop::query({{{1}, {}, {}, {}}}), known, slice) == Found{5});
  CHECK(found(Shop::query({}), {}, slice).empty());
  slice.timestamp_min = {5};
  slice.timestamp_max = {7};
  slice.descending = true;
  CHECK(found(Shop::query({}), known, slice) == Found{7, 5});
}

// Rows that serve as an index although they are more than that: a value tells which count.
TEST_CASE("given index rows of which only some count, then the others are passed over in both directions") {
  Shop shop;
  const Bytes prefix = row_key(std::uint8_t{9});
  StoreBatch rows;
  for (std::uint64_t at = 1; at <= 3000; ++at) {
    shop.add({{at}, {}});
    const bool counts = at % 1000 == 7 || at % 1000 == 8;
    rows.put(index_key(prefix, {at}), Bytes{static_cast<std::uint8_t>(counts ? 1 : 0)});
  }
  REQUIRE(shop.store.write(rows));
  IndexQuery query{row_key(table_things)};
  query.terms.push_back({{prefix}, [](Timestamp at, ByteView value, std::vector<Timestamp>& out) {
                           if (value[0] == 1) out.push_back(at);
                           return true;
                         }});
  for (const bool descending : {false, true}) {
    Slice slice;
    slice.descending = descending;
    slice.limit = 1;
    std::vector<std::uint64_t> found;
    do {
      const auto page = shop.find(query, {}, slice, 6'000);
      REQUIRE(page);
      for (const Thing& thing : page->rows) found.push_back(thing.timestamp.value);
      slice.cursor = page->next;
    } while (slice.cursor);
    if (descending) std::reverse(found.begin(), found.end());
    CHECK(found == std::vector<std::uint64_t>{7, 8, 1007, 1008, 2007, 2008});
  }
}

// Each batch of 700 things is written as one batch is, so that rows hold runs of up to 256 timestamps.
TEST_CASE(
    "given index rows with runs of timestamps, then each is found, from any place and in both directions") {
  Shop shop;
  constexpr std::uint8_t table = 9;
  std::vector<std::uint64_t> even;
  for (std::uint64_t at = 1; at <= 2'100; ++at) {
    shop.add({{at * 10}, {}});
    if (at % 2 == 0) even.push_back(at * 10);
  }
  IndexBuffer index;
  StoreBatch rows;
  for (std::size_t i = 0; i < even.size(); ++i) {
    index.put({even[i]}, table, std::uint32_t{7});
    if (i % 350 == 349) index.move_into(rows);
  }
  CHECK(rows.operations().size() == 6);
  REQUIRE(shop.store.write(rows));
  IndexQuery query{row_key(table_things)};
  query.terms.push_back({{row_key(table, std::uint32_t{7})}});
  for (const bool descending : {false, true})
    for (std::uint64_t low = 0; low < 21'500; low += 331) {
      Slice slice;
      slice.descending = descending;
      slice.limit = 1 + static_cast<std::uint32_t>(low % 300);
      slice.timestamp_min = {low};
      slice.timestamp_max = {low + 9'000};
      std::vector<std::uint64_t> found, wanted;
      do {
        const auto page = shop.find(query, {}, slice);
        REQUIRE_MESSAGE(page, page.error().message);
        for (const Thing& thing : page->rows) found.push_back(thing.timestamp.value);
        slice.cursor = page->next;
      } while (slice.cursor);
      if (descending) std::reverse(found.begin(), found.end());
      for (const std::uint64_t at : even)
        if (at >= low && at <= low + 9'000) wanted.push_back(at);
      CHECK(found == wanted);
    }
}

TEST_CASE(
    "given an index row that does not follow its grammar, then the query fails and nothing is made up") {
  Shop shop;
  shop.add({{1}, {}});
  StoreBatch rows;
  rows.put(index_key(row_key(std::uint8_t{9}), {1}), Bytes{0});  // a difference of nothing
  REQUIRE(shop.store.write(rows));
  IndexQuery query{row_key(table_things)};
  query.terms.push_back({{row_key(std::uint8_t{9})}});
  const auto page = shop.find(query, {}, {});
  REQUIRE(!page);
  CHECK(page.error().code == Errc::corrupt);
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

TEST_CASE("given more rows to look at than a query may, then it fails") {
  Shop shop;
  for (std::uint64_t at = 1; at <= 1000; ++at)
    shop.add({{at}, {static_cast<std::uint8_t>(at == 1000 ? 1 : 0), 0, 0, 0}});
  const Filter rare{{{1}, {}, {}, {}}};
  IndexQuery broad{row_key(table_things)};
  const auto refused = shop.find(broad, rare, {}, 900);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::too_broad);
  CHECK(refused.error().message == "The query would look at more than 900 rows.");
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
