#include "projections/history.hpp"

#include "projections/history_rows.hpp"

namespace florin::projections {

using namespace history_rows;

std::string_view name(TransferState state) {
  switch (state) {
    case TransferState::posted: return "posted";
    case TransferState::pending: return "pending";
    case TransferState::voided: return "voided";
    case TransferState::expired: return "expired";
  }
  return "unknown";
}

namespace {

AccountEntry entry(const Transfer& transfer, bool credit, const AccountAfter& after) {
  AccountEntry made{transfer.timestamp, credit, transfer.code, std::nullopt};
  if ((after.flags & account_flags::history) != 0) made.balances = after.balances;
  return made;
}

}  // namespace

Result<void> HistoryView::apply(const Event& event, const StoreReader&) {
  if (const auto* created = std::get_if<TransferCreated>(&event.body)) add(event.book, *created);
  if (const auto* expired = std::get_if<TransferExpired>(&event.body))
    resolve(event.book, expired->id, TransferState::expired);
  return {};
}

void HistoryView::add(BookId book, const TransferCreated& created) {
  const Transfer& transfer = created.transfer;
  const Timestamp at = transfer.timestamp;
  rows_.put(id_key(book, transfer.id), encode(at));
  rows_.put(transfer_key(book, at), encode(transfer));
  rows_.put(account_key(book, transfer.debit_account_id, at), encode(entry(transfer, false, created.debit)));
  rows_.put(account_key(book, transfer.credit_account_id, at), encode(entry(transfer, true, created.credit)));
  if ((transfer.flags & transfer_flags::post_pending_transfer) != 0)
    resolve(book, transfer.pending_id, TransferState::posted);
  if ((transfer.flags & transfer_flags::void_pending_transfer) != 0)
    resolve(book, transfer.pending_id, TransferState::voided);
}

void HistoryView::resolve(BookId book, TransferId pending, TransferState state) {
  rows_.put(resolved_key(book, pending), encode(state));
}

Result<void> HistoryView::write(StoreBatch& batch, const StoreReader&) {
  rows_.move_into(batch);
  return {};
}

}  // namespace florin::projections
