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

Result<void> HistoryView::apply(const Event& event, const StoreReader& store) {
  FLORIN_TRY(index_.apply(event, store));
  FLORIN_TRY(transactions_.apply(event, store));
  if (const auto* created = std::get_if<TransferCreated>(&event.body)) return add(event, *created, store);
  if (const auto* expired = std::get_if<TransferExpired>(&event.body)) {
    resolve(event.book, expired->id, TransferState::expired);
    past_.expire(event.book, event.time, *expired);
  }
  return {};
}

Result<void> HistoryView::add(const Event& event, const TransferCreated& created, const StoreReader& store) {
  const BookId book = event.book;
  const Transfer& transfer = created.transfer;
  const Timestamp at = transfer.timestamp;
  AccountEntry debit{at, false, transfer.code, moment_after(created.debit), std::nullopt};
  AccountEntry credit{at, true, transfer.code, moment_after(created.credit), std::nullopt};
  if (at < event.time) {
    FLORIN_TRY(past_.date_back({book, transfer.debit_account_id}, debit, store));
    FLORIN_TRY(past_.date_back({book, transfer.credit_account_id}, credit, store));
  }
  ids_.add(book, transfer.id, at);
  transfers_.add(book, transfer);
  entries_.add(book, transfer.debit_account_id, debit);
  entries_.add(book, transfer.credit_account_id, credit);
  if ((transfer.flags & transfer_flags::post_pending_transfer) != 0)
    resolve(book, transfer.pending_id, TransferState::posted);
  if ((transfer.flags & transfer_flags::void_pending_transfer) != 0)
    resolve(book, transfer.pending_id, TransferState::voided);
  return {};
}

void HistoryView::resolve(BookId book, TransferId pending, TransferState state) {
  rows_.put(resolved_key(book, pending), encode(state));
}

Result<void> HistoryView::write(StoreBatch& batch, const StoreReader& store) {
  FLORIN_TRY(ids_.write(rows_, store));
  transfers_.move_into(rows_);
  past_.move_into(rows_);
  rows_.move_into(batch);
  entries_.move_into(batch);
  index_.move_into(batch);
  transactions_.move_into(batch);
  return {};
}

}  // namespace florin::projections
