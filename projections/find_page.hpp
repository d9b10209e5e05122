// One page of the rows that an index query finds. How the rows look is the caller's: it fetches them, and
// leaves out those that do not pass its filter.
#pragma once

#include <algorithm>

#include "projections/index.hpp"

namespace florin::projections {

// Rows are fetched a few at a time, so that a page that is full looks at no more than it needs.
inline constexpr std::size_t fetch_rows = 16;

// Behind the row of the cursor: the cursor of the other way that begins with that row.
inline Cursor turned(const Slice& slice) {
  const std::uint64_t at = slice.cursor->at.value, max = ~std::uint64_t{0};
  const std::uint64_t beyond = walks_down(slice) ? at - (at > 0 ? 1 : 0) : at + (at < max ? 1 : 0);
  return {{beyond}, !slice.cursor->backwards};
}

// Makes a page of rows in the order of the walk; `more` says that there is one behind them.
template <class Row>
Page<Row> make_page(const Slice& slice, std::vector<Row> rows, bool more) {
  Page<Row> page;
  page.rows = std::move(rows);
  const bool backwards = slice.cursor && slice.cursor->backwards;
  if (backwards) std::reverse(page.rows.begin(), page.rows.end());
  auto& ahead = backwards ? page.previous : page.next;
  auto& behind = backwards ? page.next : page.previous;
  if (slice.cursor) behind = turned(slice);
  if (page.rows.empty()) return page;
  const Cursor first{timestamp_of(page.rows.front()), true}, last{timestamp_of(page.rows.back()), false};
  if (slice.cursor) behind = backwards ? last : first;
  if (more) ahead = backwards ? first : last;
  return page;
}

// Calls `look` with the timestamps of all candidates in the range, some at a time, ascending.
template <class Look>
Result<void> look_at_all(const StoreReader& store, const IndexQuery& query, const TimeRange& range,
                         Budget& budget, Look look) {
  Slice slice;
  static_cast<TimeRange&>(slice) = range;
  Candidates candidates(store, query, slice, budget);
  while (!candidates.ended()) {
    FLORIN_TRY_ASSIGN(const auto timestamps, candidates.next(page_items_max));
    FLORIN_TRY(budget.spend(timestamps.size()));
    FLORIN_TRY(look(timestamps));
  }
  return {};
}

// `fetch` gives the rows at some timestamps that pass the whole filter, in the same order. A Row has a
// timestamp_of(). A page also ends where `enough` says so. Errors: those of Candidates and of `fetch`;
// invalid_argument for a limit that is not 1 to page_items_max.
template <class Row, class Fetch, class Enough>
Result<Page<Row>> find_page(const StoreReader& store, const IndexQuery& query, const Slice& slice,
                            Budget& budget, Fetch fetch, Enough enough) {
  const std::size_t limit = slice.limit;
  if (limit == 0 || limit > page_items_max)
    return fail(Errc::invalid_argument, "a page has 1 to " + std::to_string(page_items_max) + " rows");
  Candidates candidates(store, query, slice, budget);
  std::vector<Row> rows;
  while (!candidates.ended() && rows.size() <= limit && !enough()) {
    FLORIN_TRY_ASSIGN(const auto timestamps, candidates.next(fetch_rows));
    FLORIN_TRY(budget.spend(timestamps.size()));
    FLORIN_TRY_ASSIGN(auto found, fetch(timestamps));
    std::move(found.begin(), found.end(), std::back_inserter(rows));
  }
  const bool more = rows.size() > limit || !candidates.ended();
  if (rows.size() > limit) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
  return make_page(slice, std::move(rows), more);
}

template <class Row, class Fetch>
Result<Page<Row>> find_page(const StoreReader& store, const IndexQuery& query, const Slice& slice,
                            Budget& budget, Fetch fetch) {
  return find_page<Row>(store, query, slice, budget, fetch, [] { return false; });
}

}  // namespace florin::projections
