#include "projections/transfer_index.hpp"

#include "projections/transfer_ids.hpp"
#include "projections/transfer_rows.hpp"

namespace florin::projections {

using namespace transfer_rows;

TransferIndex::TransferIndex() : metadata_(fields.metadata) {}

Result<void> TransferIndex::apply(const Event& event, const StoreReader& store) {
  if (const auto* created = std::get_if<TransferCreated>(&event.body))
    return add(event.book, created->transfer, store);
  if (const auto* expired = std::get_if<TransferExpired>(&event.body))
    return resolve({event.book, expired->id}, TransferState::expired, store);
  const auto* set = std::get_if<MetadataSet>(&event.body);
  if (set != nullptr && set->target.kind == TargetKind::transfer)
    return metadata_.change(event.book, *set, store);
  return {};
}

Result<void> TransferIndex::add(BookId book, const Transfer& transfer, const StoreReader& store) {
  const Timestamp at = transfer.timestamp;
  put_code(index_, fields, book, transfer.ledger, transfer.code, at);
  put_user_data(index_, fields, book, transfer);
  if ((transfer.flags & transfer_flags::pending) != 0) {
    recent_pending_[{book, transfer.id}] = at;
    rows_.put(index_key(state_prefix(book, TransferState::pending), at), {});
  }
  const bool posts = (transfer.flags & transfer_flags::post_pending_transfer) != 0;
  if (!posts && (transfer.flags & transfer_flags::void_pending_transfer) == 0) return {};
  rows_.put(index_key(resolver_prefix(book, transfer.pending_id), at), {});
  return resolve({book, transfer.pending_id}, posts ? TransferState::posted : TransferState::voided, store);
}

Result<void> TransferIndex::resolve(PendingKey pending, TransferState state, const StoreReader& store) {
  FLORIN_TRY_ASSIGN(const Timestamp at, made_at(pending, store));
  rows_.erase(index_key(state_prefix(pending.book, TransferState::pending), at));
  if (state != TransferState::posted) rows_.put(index_key(state_prefix(pending.book, state), at), {});
  return {};
}

Result<Timestamp> TransferIndex::made_at(PendingKey pending, const StoreReader& store) {
  if (const auto it = recent_pending_.find(pending); it != recent_pending_.end()) {
    const Timestamp at = it->second;
    recent_pending_.erase(it);
    return at;
  }
  FLORIN_TRY_ASSIGN(const auto at, transfer_time(store, pending.book, pending.id));
  if (!at) return fail(Errc::corrupt, "a pending transfer is resolved that the rows do not have");
  return *at;
}

void TransferIndex::move_into(StoreBatch& batch) {
  metadata_.move_into(rows_);
  index_.move_into(batch);  // whose tables come first
  rows_.move_into(batch);
  if (recent_pending_.size() > recent_pending_max) recent_pending_.clear();
}

}  // namespace florin::projections
