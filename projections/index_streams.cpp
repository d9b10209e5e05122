#include "projections/index_streams.hpp"

#include <algorithm>

#include "projections/rows.hpp"

namespace florin::projections::index_streams {
namespace {

constexpr std::size_t chunk_rows_first = 16, chunk_rows_min = 2, chunk_rows_max = 512;

Timestamp timestamp_of(ByteView key, std::size_t prefix_bytes) {
  return {last_big_endian<std::uint64_t>(key.first(prefix_bytes + sizeof(Timestamp)))};
}

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
  const bool goes_on = !behind_.empty() && from <= extent_.place(timestamp_of(behind_, prefix_.size())) + 1;
  if (size_ == 0) size_ = chunk_rows_first;
  else if (goes_on || used_ * 4 >= size_) size_ = std::min(size_ * 2, chunk_rows_max);
  else if (used_ <= 1) size_ = std::max(size_ / 2, chunk_rows_min);
}

Result<void> Leaf::fill(Place from) {
  resize(from);
  chunk_.clear();
  at_ = used_ = read_ = 0;
  const Timestamp here = extent_.timestamp(from);
  const Timestamp low = extent_.down ? extent_.low : std::max(extent_.low, here);
  const Timestamp high = extent_.down ? std::min(extent_.high, here) : extent_.high;
  complete_ = low > high;
  if (complete_) return {};
  Bytes first = index_key(prefix_, low);
  Bytes last = high.value == ~std::uint64_t{0} ? prefix_end(prefix_) : index_key(prefix_, {high.value + 1});
  if (!behind_.empty() && extent_.down && (last.empty() || behind_ < last)) last = behind_;
  if (!behind_.empty() && !extent_.down && behind_ >= first) {
    first = behind_;
    first.push_back(0);
  }
  FLORIN_TRY(store_.scan(first, last, extent_.down ? ScanOrder::descending : ScanOrder::ascending,
                         [this](ByteView key, ByteView value) { return visit(key, value); }));
  complete_ = read_ < size_;
  return budget_.spend(jump_rows + read_);
}

bool Leaf::visit(ByteView key, ByteView value) {
  const bool whole = key.size() == prefix_.size() + sizeof(Timestamp);
  if (whole && (!counts_ || counts_(key, value)))
    chunk_.push_back(extent_.place(timestamp_of(key, prefix_.size())));
  if (++read_ < size_) return true;
  behind_.assign(key.begin(), key.end());
  return false;
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
    streams.push_back(std::make_unique<Leaf>(store, budget, extent, prefix, term.counts));
  if (!term.timestamps.empty()) streams.push_back(std::make_unique<Known>(extent, term.timestamps));
  if (streams.size() == 1) return std::move(streams.front());
  return std::make_unique<Union>(std::move(streams));
}

}  // namespace florin::projections::index_streams
