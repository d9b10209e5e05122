// The part of the view of history by which transfers are found: index rows by ledger and code, by user data
// that is not zero, by state, by the pending transfer that they resolve, and by metadata. Rows by account are
// those of the account's history.
//
// A plain transfer makes one entry, one more for each user data that it bears, and no read; those of a batch
// share rows. The view's thread.
#pragma once

#include <unordered_map>

#include "projections/index_rows.hpp"
#include "projections/metadata.hpp"
#include "projections/transfer_query.hpp"

namespace florin::projections {

// When pending transfers were made, about 50 bytes each. Beyond it the table starts empty again, and to
// resolve one of them costs a read.
inline constexpr std::size_t recent_pending_max = 131'072;

class TransferIndex {
 public:
  TransferIndex();
  // `store` holds the view's rows up to the last write.
  Result<void> apply(const Event& event, const StoreReader& store);
  void move_into(StoreBatch& batch);

 private:
  using PendingKey = InBook<TransferId>;
  Result<void> add(BookId book, const Transfer& transfer, const StoreReader& store);
  Result<void> resolve(PendingKey pending, TransferState state, const StoreReader& store);
  Result<Timestamp> made_at(PendingKey pending, const StoreReader& store);

  RowBuffer rows_;
  IndexBuffer index_;
  std::unordered_map<PendingKey, Timestamp, InBookHash> recent_pending_;
  MetadataRows metadata_;
};

}  // namespace florin::projections
