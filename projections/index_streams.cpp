#include "projections/index_streams.hpp"

#include "projections/rows.hpp"

namespace florin::projections::index_streams {
namespace {

constexpr std::size_t chunk_rows_first = 16, chunk_rows_min = 2, chunk_rows_max = 512;

Bytes key_of(const Bytes& prefix, Timestamp at) {
  Bytes key = prefix;
  add_big_endian(key, at.value);
  return key;
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

Result<void> Leaf::fill(Place from) {
  if (size_ == 0) size_ = chunk_rows_first;
  else if (used_ * 4 >= size_) size_ = std::min(size_ * 2, chunk_rows_max);
  else if (used_ <= 1) size_ = std::max(size_ / 2, chunk_rows_min);
  chunk_.clear();
  at_ = used_ = 0;
  const Timestamp here = extent_.timestamp(from);
  const Timestamp low = extent_.down ? extent_.low : std::max(extent_.low, here);
  const Timestamp high = extent_.down ? std::min(extent_.high, here) : extent_.high;
  complete_ = low > high;
  if (complete_) return {};
  const Bytes last =
      high.value == ~std::uint64_t{0} ? prefix_end(prefix_) : key_of(prefix_, {high.value + 1});
  const auto visit = [this](ByteView key, ByteView) {
    chunk_.push_back(extent_.place({last_big_endian<std::uint64_t>(key)}));
    return chunk_.size() < size_;
  };
  FLORIN_TRY(store_.scan(key_of(prefix_, low), last,
                         extent_.down ? ScanOrder::descending : ScanOrder::ascending, visit));
  complete_ = chunk_.size() < size_;
  return budget_.spend(jump_rows + chunk_.size());
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
    streams.push_back(std::make_unique<Leaf>(store, budget, extent, prefix));
  if (!term.timestamps.empty()) {
    std::vector<Place> places;
    for (const Timestamp at : term.timestamps)
      if (at >= extent.low && at <= extent.high) places.push_back(extent.place(at));
    streams.push_back(std::make_unique<Places>(std::move(places)));
  }
  if (streams.size() == 1) return std::move(streams.front());
  return std::make_unique<Union>(std::move(streams));
}

}  // namespace florin::projections::index_streams
