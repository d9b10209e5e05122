// Finds rows by the values of their fields, by index. An index row (index_rows.hpp) names a field and its
// value, and the timestamps of rows that have it. A query is an AND of fields, each of them an OR of values;
// the rows of one value are a stream of ascending timestamps, values are merged, and fields jump to where the
// others stand.
//
// What comes out are candidates: a stream that nearly always agrees with the others is asked only now and
// then, and index keys may hold a hash of a value. The caller looks at the row itself for every field, also
// for those that have no index.
//
// Knows nothing of what the rows are. One thread; the store outlives the query. Errors: those of the store,
// too_broad.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "projections/index_rows.hpp"
#include "projections/page.hpp"

namespace florin::projections {

// What one page may look at: index rows, and the rows that they name. It takes far less than a second.
inline constexpr std::size_t query_rows_max = 50'000;
// What a summary may look at: it takes a second or two.
inline constexpr std::size_t summary_rows_max = 500'000;
struct QueryBounds {  // of one read model's queries; tests have smaller ones
  std::size_t page_rows = query_rows_max, summary_rows = summary_rows_max;
};

// Going to another place in the store costs as much as so many rows that stand side by side.
inline constexpr std::size_t jump_rows = 8;

// The rows that a query may still look at.
class Budget {
 public:
  explicit Budget(std::size_t rows_max) : rows_max_(rows_max) {}
  Result<void> spend(std::size_t rows);  // too_broad, now and ever after, when there are not so many left

 private:
  const std::size_t rows_max_;
  std::size_t spent_ = 0;
};

// Adds the timestamps of a row that count, ascending, from the first one, which its key tells, and its value.
// False when the value does not follow its grammar.
using RowTimes = std::function<bool(Timestamp first, ByteView value, std::vector<Timestamp>& out)>;

// One field: the rows of any of these prefixes, and those at these timestamps, where they are known already.
struct IndexTerm {
  std::vector<Bytes> prefixes{};
  RowTimes times = run_times;
  std::vector<Timestamp> timestamps{};
};

struct IndexQuery {
  Bytes all;  // the prefix of the rows themselves, which are walked when no field narrows them
  std::vector<IndexTerm> terms{};
  RowTimes all_times = key_time;
};

// The candidates of a slice, in the order in which it is walked (see walks_down).
class Candidates {
 public:
  Candidates(const StoreReader& store, const IndexQuery& query, const Slice& slice, Budget& budget);
  ~Candidates();

  // The next ones, each once; fewer than `wanted` only when there are no more.
  Result<std::vector<Timestamp>> next(std::size_t wanted);
  bool ended() const { return ended_; }

  class Stream;  // one that is inside, for index.cpp alone

 private:
  // Places count along the walk: ascending also where timestamps descend.
  using Place = std::uint64_t;
  struct Member {
    std::unique_ptr<Stream> stream;
    std::size_t agreed = 0;   // how often, one after the other
    std::size_t resting = 0;  // candidates for which it is not asked
  };

  Result<std::optional<Place>> seek(Place from);
  Result<std::optional<Place>> ask(Member& member, Place from);

  const bool down_;
  Place from_ = 0, last_ = 0;
  bool ended_ = false;
  std::vector<Member> members_;
  std::size_t driver_ = 0;  // the member that moved the walk on last
};

// A backwards cursor walks against the order of its list.
inline bool walks_down(const Slice& slice) {
  return slice.descending != (slice.cursor && slice.cursor->backwards);
}

}  // namespace florin::projections
