#include "gateway/partitions/book_places.hpp"

namespace florin::gateway {

Result<PartitionId> BookPlaces::of(BookId book) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(book.value); known != known_.end()) return known->second;
  }
  FLORIN_TRY_ASSIGN(const auto placed, zero_.placement(book));
  if (!placed.value) {
    FLORIN_TRY_ASSIGN(const auto name, zero_.book(book));
    if (!name.value) return PartitionId{};  // not yet, so it may still be placed elsewhere
  }
  const PartitionId place = placed.value.value_or(PartitionId{});
  const std::lock_guard lock(mutex_);
  if (known_.size() < places_remembered_max) known_.emplace(book.value, place);
  return place;
}

}  // namespace florin::gateway
