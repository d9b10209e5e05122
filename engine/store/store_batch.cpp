#include "engine/store/store_batch.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace florin {
namespace {

// The first piece is small, since most batches are; each one is twice as large as all before it together.
constexpr std::size_t piece_bytes_min = 4u << 10, piece_bytes_max = 4u << 20;

}  // namespace

StoreBatch::StoreBatch(const StoreBatch& other) {
  operations_.reserve(other.operations_.size());
  for (const auto& [key, value, fresh] : other.operations_)
    operations_.push_back({keep(key), value ? std::optional(keep(*value)) : std::nullopt, fresh});
}

void StoreBatch::add(const RowChange& row) {
  operations_.push_back(row);
  bytes_ += row.key.size() + (row.value ? row.value->size() : 0);
}

void StoreBatch::append(StoreBatch&& other) {
  if (empty()) return swap(other);
  operations_.insert(operations_.end(), other.operations_.begin(), other.operations_.end());
  // What is put next goes on in the last piece of this one.
  pieces_.insert(pieces_.end(), std::make_move_iterator(other.pieces_.begin()),
                 std::make_move_iterator(other.pieces_.end()));
  bytes_ += other.bytes_;
  other.clear();
}

void StoreBatch::sort() {
  std::stable_sort(operations_.begin(), operations_.end(),
                   [](const auto& a, const auto& b) { return as_text(a.key) < as_text(b.key); });
}

ByteView StoreBatch::keep(ByteView bytes) {
  if (bytes.empty()) return {};
  if (bytes.size() > room_.size()) {
    const std::size_t size = std::max(bytes.size(), std::clamp(2 * bytes_, piece_bytes_min, piece_bytes_max));
    pieces_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(size));
    room_ = {pieces_.back().get(), size};
  }
  std::memcpy(room_.data(), bytes.data(), bytes.size());
  const ByteView kept = room_.first(bytes.size());
  room_ = room_.subspan(bytes.size());
  bytes_ += bytes.size();
  return kept;
}

void StoreBatch::swap(StoreBatch& other) noexcept {
  std::swap(operations_, other.operations_);
  std::swap(pieces_, other.pieces_);
  std::swap(room_, other.room_);
  std::swap(bytes_, other.bytes_);
}

}  // namespace florin
