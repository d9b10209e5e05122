// Which partition a book lives in: where partition 0 has placed it, else partition 0 itself. Any thread.
#pragma once

#include <mutex>
#include <unordered_map>

#include "projections/query.hpp"

namespace florin::gateway {

inline constexpr std::size_t places_remembered_max = 100'000;  // books; a place never changes

class BookPlaces {
 public:
  explicit BookPlaces(const projections::DirectoryQuery& zero) : zero_(zero) {}  // outlives it

  // Errors: those of the directory of partition 0.
  Result<PartitionId> of(BookId book) const;

 private:
  const projections::DirectoryQuery& zero_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::uint32_t, PartitionId> known_;  // guarded by mutex_
};

}  // namespace florin::gateway
