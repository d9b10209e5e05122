// Lists, page by page. Rows stand in the order of their timestamps, and a cursor names one of them, so that
// pages stay whole while rows are added. Read by the gateway through projections/query.hpp.
#pragma once

#include <optional>
#include <vector>

#include "schemas/ids.hpp"

namespace florin::projections {

inline constexpr std::uint32_t page_items_max = 1000;

// A page begins behind the row with this timestamp and goes on in the order of the list; or it ends right
// before that row.
struct Cursor {
  Timestamp at;
  bool backwards = false;
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

struct TimeRange {
  Timestamp timestamp_min;                     // inclusive
  Timestamp timestamp_max{~std::uint64_t{0}};  // inclusive
};

// Which part of a list is asked for.
struct Slice : TimeRange {
  bool descending = false;
  std::uint32_t limit = 100;  // 1 .. page_items_max
  std::optional<Cursor> cursor;
};

template <class Row>
struct Page {
  std::vector<Row> rows;           // in the order of the list, whichever way the cursor goes
  std::optional<Cursor> next;      // none at the end
  std::optional<Cursor> previous;  // none at the begin
};

}  // namespace florin::projections
