#include "projections/transfer_reading.hpp"

#include "projections/transaction_rows.hpp"
#include "projections/transfer_rows.hpp"
#include "projections/transfer_terms.hpp"
#include "schemas/items_codec.hpp"

namespace florin::projections {
namespace {

// Only a pending transfer has another state than posted, and it is pending until a row says what became of
// it.
Result<TransferState> state_of(const StoreReader& store, BookId book, const Transfer& transfer) {
  if ((transfer.flags & transfer_flags::pending) == 0) return TransferState::posted;
  FLORIN_TRY_ASSIGN(const auto row, store.get(history_rows::resolved_key(book, transfer.id)));
  FLORIN_TRY_ASSIGN(const auto state, decode_row<TransferState>(row, history_rows::read_state));
  return state.value_or(TransferState::pending);
}

Result<Metadata> metadata_of(const StoreReader& store, BookId book, const Transfer& transfer) {
  return read_metadata_of(store, transfer_rows::fields.metadata, book, transfer.timestamp);
}

// Legs come right behind their transaction in time. Ids of their kind are free for all, so that the id alone
// does not tell.
Result<std::optional<TransactionId>> transaction_of(const StoreReader& store, BookId book,
                                                    const Transfer& transfer) {
  std::optional<TransactionId> found;
  if (!is_leg(transfer.id)) return found;
  const Timestamp at = transfer.timestamp;
  const auto visit = [&](ByteView key, ByteView value) {
    Reader in(value);
    const auto head = transaction_rows::read_head(in);
    const std::uint64_t behind = at.value - last_big_endian<std::uint64_t>(key);
    if (behind <= head.legs && transfer.id == leg_id(head.id, static_cast<std::uint32_t>(behind - 1)))
      found = head.id;
    return false;
  };
  FLORIN_TRY(store.scan(transaction_rows::all_transactions(book), transaction_rows::transaction_key(book, at),
                        ScanOrder::descending, visit));
  return found;
}

}  // namespace

Result<Transfer> transfer_at(const StoreReader& store, BookId book, Timestamp at) {
  FLORIN_TRY_ASSIGN(const auto row, last_row(store, history_rows::transfers_prefix(book), at.value));
  Reader in(row ? ByteView(row->value) : ByteView{});
  while (in.left() > 0) {
    const Transfer transfer = read_transfer(in);
    if (transfer.timestamp == at && !in.failed()) return transfer;
  }
  return fail(Errc::corrupt, "an index row names a transfer that is not there; rebuild 'history'");
}

Result<TransferRow> whole(const StoreReader& store, BookId book, const Transfer& transfer) {
  FLORIN_TRY_ASSIGN(const TransferState state, state_of(store, book, transfer));
  FLORIN_TRY_ASSIGN(auto metadata, metadata_of(store, book, transfer));
  FLORIN_TRY_ASSIGN(const auto transaction, transaction_of(store, book, transfer));
  return TransferRow{transfer, state, std::move(metadata), transaction};
}

Result<bool> fits(const StoreReader& store, BookId book, const TransferFilter& filter,
                  const Transfer& transfer) {
  if (!fits(filter, transfer)) return false;
  if (!filter.states.empty()) {
    FLORIN_TRY_ASSIGN(const TransferState state, state_of(store, book, transfer));
    if (!any_of(filter.states, state)) return false;
  }
  if (filter.metadata.empty()) return true;
  FLORIN_TRY_ASSIGN(const Metadata metadata, metadata_of(store, book, transfer));
  return fits_metadata(filter.metadata, metadata);
}

}  // namespace florin::projections
