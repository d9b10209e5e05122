#include "projections/index_streams.hpp"

#include <algorithm>

#include "projections/rows.hpp"

namespace florin::projections::index_streams {
namespace {

constexpr std::size_t chunk_times_first = 16, chunk_times_min = 2, chunk_times_max = 512;

Timestamp first_of(ByteView key) { return {last_big_endian<std::uint64_t>(key)}; }

}  // namespace

Result<std::optional<Place>> Leaf::seek(Place from) {
  while (true) {
    const auto begin = chunk_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto found = std::lower_bound(begin, chunk_.end(), from);
    at_ = static_cast<std::size_t>(found - chunk_.begin());
    if (found != chunk_.end()) {
      ++used_;
      return *found;
    }
    if (complete_) return std::nullopt;
    FLORIN_TRY(fill(from));
  }
}

// A chunk that was used up makes the next one larger; one that was jumped out of makes it smaller.
void Leaf::resize(Place from) {
  if (size_ == 0) size_ = chunk_times_first;
  else if (goes_on(from) || used_ * 4 >= size_) size_ = std::min(size_ * 2, chunk_times_max);
  else if (used_ <= 1) size_ = std::max(size_ / 2, chunk_times_min);
}

Result<void> Leaf::fill(Place from) {
  resize(from);
  chunk_.clear();
  at_ = used_ = read_ = cost_ = 0;
  const Timestamp here = extent_.timestamp(from);
  const Timestamp low = extent_.down ? extent_.low : std::max(extent_.low, here);
  const Timestamp high = extent_.down ? std::min(extent_.high, here) : extent_.high;
  complete_ = true;
  if (low > high) return {};
  Bytes last = end_of(prefix_, high.value);
  if (!behind_.empty() && extent_.down && (last.empty() || behind_ < last)) last = behind_;
  Bytes first = prefix_;
  if (!extent_.down) {
    FLORIN_TRY_ASSIGN(first, first_key(low));
  }
  const auto visitor = [&](ByteView key, ByteView value) { return visit(low, high, key, value); };
  FLORIN_TRY(store_.scan(first, last, extent_.down ? ScanOrder::descending : ScanOrder::ascending, visitor));
  if (broken_) return fail(Errc::corrupt, "an index row does not follow its grammar; rebuild the read model");
  return budget_.spend(jump_rows + cost_);
}

// Where to go up from: at the row whose run may reach up to `low`, but behind what was read.
Result<Bytes> Leaf::first_key(Timestamp low) const {
  Bytes first = prefix_;
  if (!goes_on(low.value)) {
    FLORIN_TRY_ASSIGN(auto row, last_row(store_, prefix_, low.value));
    first = row ? std::move(row->key) : index_key(prefix_, low);
  }
  if (behind_ < first) return first;
  first = behind_;
  first.push_back(0);
  return first;
}

// Whether to read on: `low` and `high` are what the chunk may still hold.
bool Leaf::visit(Timestamp low, Timestamp high, ByteView key, ByteView value) {
  row_.clear();
  const Timestamp first = first_of(key);
  broken_ = !times_(first, value, row_);
  const std::size_t before = chunk_.size();
  for (const Timestamp at : row_)
    if (at >= low && at <= high) chunk_.push_back(extent_.place(at));
  if (extent_.down) std::reverse(chunk_.begin() + static_cast<std::ptrdiff_t>(before), chunk_.end());
  read_ += std::max<std::size_t>(row_.size(), 1);
  cost_ += std::clamp<std::size_t>(row_.size(), 1, size_);
  if (broken_ || (extent_.down && first <= low)) return false;
  if (read_ < size_) return true;
  behind_.assign(key.begin(), key.end());
  last_ = chunk_.size() > before ? chunk_.back() : extent_.place(first);
  return complete_ = false;
}

Known::Known(Extent extent, const std::vector<Timestamp>& timestamps) {
  for (const Timestamp at : timestamps)
    if (at >= extent.low && at <= extent.high) places_.push_back(extent.place(at));
  std::sort(places_.begin(), places_.end());
}

Result<std::optional<Place>> Known::seek(Place from) {
  const auto found = std::lower_bound(places_.begin(), places_.end(), from);
  return found == places_.end() ? std::nullopt : std::optional(*found);
}

Result<std::optional<Place>> Union::seek(Place from) {
  std::optional<Place> first;
  for (Part& part : parts_) {
    if (!part.ended && (!part.known || part.at < from)) {
      FLORIN_TRY_ASSIGN(const auto found, part.stream->seek(from));
      part.known = true;
      part.ended = !found;
      part.at = found.value_or(0);
    }
    if (!part.ended && (!first || part.at < *first)) first = part.at;
  }
  return first;
}

StreamPtr make_stream(const StoreReader& store, Budget& budget, Extent extent, const IndexTerm& term) {
  std::vector<StreamPtr> streams;
  for (const Bytes& prefix : term.prefixes)
    streams.push_back(std::make_unique<Leaf>(store, budget, extent, prefix, term.times));
  if (!term.timestamps.empty()) streams.push_back(std::make_unique<Known>(extent, term.timestamps));
  if (streams.size() == 1) return std::move(streams.front());
  return std::make_unique<Union>(std::move(streams));
}

}  // namespace florin::projections::index_streams
