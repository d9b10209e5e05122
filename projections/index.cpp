#include "projections/index.hpp"

#include "engine/base/assert.hpp"
#include "projections/index_streams.hpp"

namespace florin::projections {

using index_streams::Extent;

namespace {

// A member that agreed so often, one time after the other, is not asked about the next candidates: to look
// at the rows costs less than to jump in a dense index.
constexpr std::size_t agreed_before_rest = 16, rest_candidates = 256;

// The timestamps behind the cursor; none (low > high) when there can be none.
Extent extent_of(const Slice& slice) {
  Extent extent{slice.timestamp_min, slice.timestamp_max, walks_down(slice)};
  if (!slice.cursor) return extent;
  constexpr std::uint64_t max = ~std::uint64_t{0};
  const std::uint64_t at = slice.cursor->at.value;
  if (at == (extent.down ? 0 : max)) return {{max}, {0}, extent.down};
  if (extent.down) extent.high = std::min(extent.high, Timestamp{at - 1});
  else extent.low = std::max(extent.low, Timestamp{at + 1});
  return extent;
}

}  // namespace

Result<void> Budget::spend(std::size_t rows) {
  spent_ = std::min(spent_ + rows, rows_max_ + 1);
  if (spent_ <= rows_max_) return {};
  return fail(Errc::too_broad, "The query would look at more than " + std::to_string(rows_max_) + " rows.");
}

Candidates::Candidates(const StoreReader& store, const IndexQuery& query, const Slice& slice, Budget& budget)
    : down_(walks_down(slice)) {
  const Extent extent = extent_of(slice);
  ended_ = extent.low > extent.high;
  from_ = extent.place(extent.down ? extent.high : extent.low);
  last_ = extent.place(extent.down ? extent.low : extent.high);
  for (const IndexTerm& term : query.terms)
    members_.push_back({index_streams::make_stream(store, budget, extent, term)});
  if (members_.empty())
    members_.push_back({index_streams::make_stream(store, budget, extent,
                                                   {.prefixes = {query.all}, .times = query.all_times})});
}

Candidates::~Candidates() = default;

Result<std::vector<Timestamp>> Candidates::next(std::size_t wanted) {
  std::vector<Timestamp> found;
  while (!ended_ && found.size() < wanted) {
    FLORIN_TRY_ASSIGN(const auto place, seek(from_));
    ended_ = !place || *place == last_;
    if (!place) break;
    FLORIN_ASSERT(*place >= from_ && *place <= last_);
    found.push_back({down_ ? ~*place : *place});
    from_ = *place + 1;
  }
  return found;
}

// Asks one member after the other, the sparsest first, until all agree on a place.
Result<std::optional<Candidates::Place>> Candidates::seek(Place from) {
  Place candidate = from;
  std::size_t agreeing = 0;
  for (std::size_t i = driver_; agreeing < members_.size(); i = (i + 1) % members_.size()) {
    FLORIN_TRY_ASSIGN(const auto found, ask(members_[i], candidate));
    if (!found) return std::nullopt;
    if (*found == candidate) {
      ++agreeing;
      continue;
    }
    candidate = *found;
    agreeing = 1;
    driver_ = i;
  }
  return candidate;
}

Result<std::optional<Candidates::Place>> Candidates::ask(Member& member, Place from) {
  const bool drives = &member == &members_[driver_];
  if (member.resting > 0 && !drives) {
    --member.resting;
    return from;
  }
  FLORIN_TRY_ASSIGN(const auto found, member.stream->seek(from));
  if (found != from || drives) {
    member.agreed = member.resting = 0;
  } else if (++member.agreed >= agreed_before_rest) {
    member.resting = rest_candidates;
  }
  return found;
}

}  // namespace florin::projections
