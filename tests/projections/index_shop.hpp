// Rows with a few small fields, each with an index, in a store; and a look at everything to compare with.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/store/memory_store.hpp"
#include "projections/find_page.hpp"
#include "projections/rows.hpp"

namespace florin::test {

using namespace florin::projections;

inline constexpr std::uint8_t table_things = 1,
                              table_fields = 2;  // a thing; an index row of one of its fields
inline constexpr std::size_t fields = 4;

// A row with a few small fields. Field 3 is the same for nearly every thing.
struct Thing {
  Timestamp timestamp;
  std::array<std::uint8_t, fields> values{};
  friend bool operator==(const Thing&, const Thing&) = default;
};
inline Timestamp timestamp_of(const Thing& thing) { return thing.timestamp; }

using Filter = std::array<std::vector<std::uint8_t>, fields>;  // for each field its values; none = any

inline bool passes(const Filter& filter, const Thing& thing) {
  for (std::size_t i = 0; i < fields; ++i) {
    const auto& wanted = filter[i];
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), thing.values[i]) == wanted.end())
      return false;
  }
  return true;
}

// Things in a store with an index row for each field, and the same things in a map.
struct Shop {
  MemoryStore store;
  std::map<std::uint64_t, Thing> things;
  mutable std::size_t fetched = 0;

  static Bytes prefix(std::size_t field, std::uint8_t value) {
    return row_key(table_fields, static_cast<std::uint8_t>(field), value);
  }
  static Bytes index_key(std::size_t field, std::uint8_t value, Timestamp at) {
    return row_key(table_fields, static_cast<std::uint8_t>(field), value, at.value);
  }
  void add(const Thing& thing) {
    StoreBatch batch;
    batch.put(row_key(table_things, thing.timestamp.value), {});
    for (std::size_t i = 0; i < fields; ++i) batch.put(index_key(i, thing.values[i], thing.timestamp), {});
    REQUIRE(store.write(batch));
    things[thing.timestamp.value] = thing;
  }
  // A row that says that a thing has a value which it does not have, as a hash may.
  void mislead(std::size_t field, std::uint8_t value, Timestamp at) {
    StoreBatch batch;
    batch.put(index_key(field, value, at), {});
    REQUIRE(store.write(batch));
  }
  static IndexQuery query(const Filter& filter) {
    IndexQuery query{row_key(table_things)};
    for (std::size_t i = 0; i < fields; ++i) {
      if (filter[i].empty()) continue;
      query.terms.emplace_back();
      for (const std::uint8_t value : filter[i]) query.terms.back().prefixes.push_back(prefix(i, value));
    }
    return query;
  }
  Result<Page<Thing>> find(const IndexQuery& query, const Filter& filter, const Slice& slice,
                           std::size_t rows_max = query_rows_max) const {
    Budget budget(rows_max);
    const auto fetch = [&](const std::vector<Timestamp>& timestamps) -> Result<std::vector<Thing>> {
      std::vector<Thing> found;
      fetched += timestamps.size();
      for (const Timestamp at : timestamps)
        if (passes(filter, things.at(at.value))) found.push_back(things.at(at.value));
      return found;
    };
    return find_page<Thing>(store, query, slice, budget, fetch);
  }
  Page<Thing> page(const Filter& filter, const Slice& slice) const {
    auto found = find(query(filter), filter, slice);
    REQUIRE(found);
    return *std::move(found);
  }
  std::vector<Thing> all(const Filter& filter, const Slice& slice) const {
    std::vector<Thing> found;
    for (const auto& [at, thing] : things)
      if (thing.timestamp >= slice.timestamp_min && thing.timestamp <= slice.timestamp_max &&
          passes(filter, thing))
        found.push_back(thing);
    if (slice.descending) std::reverse(found.begin(), found.end());
    return found;
  }
};

// Walks all pages from a slice on, and then all the way back.
inline std::vector<Thing> there_and_back(const Shop& shop, const Filter& filter, Slice slice) {
  std::vector<Thing> seen;
  std::vector<Page<Thing>> pages;
  for (;;) {
    pages.push_back(shop.page(filter, slice));
    const Page<Thing>& page = pages.back();
    seen.insert(seen.end(), page.rows.begin(), page.rows.end());
    CHECK(page.rows.size() <= slice.limit);
    CHECK(page.previous.has_value() == (pages.size() > 1));
    if (!page.next) break;
    CHECK(page.rows.size() == slice.limit);
    slice.cursor = page.next;
  }
  for (std::size_t i = pages.size() - 1; i-- > 0;) {
    slice.cursor = pages[i + 1].previous;
    const Page<Thing> page = shop.page(filter, slice);
    CHECK(page.rows == pages[i].rows);
    CHECK(page.next == pages[i].next);
    CHECK(page.previous == pages[i].previous);
  }
  return seen;
}

}  // namespace florin::test
