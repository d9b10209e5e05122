// The rows of the read model of history, shared by the view that writes them and the queries that read them.
// Grammar: docs/reference/read_models.md. Tables: 1 timestamp by transfer id, 2 transfers by timestamp, 3
// resolved pending transfers by id, 4 transfers of an account by timestamp, 5 the last expiry of a book, 6
// runs of ids (transfer_ids.hpp), 7 expiries of an account by timestamp.
//
// What a batch has for one book or for one account stands together in rows of several transfers, each under
// the timestamp of its first one. They come in the order of time, so that the last row that begins at a
// moment or before it is the only one that can hold it.
#pragma once

#include "projections/query.hpp"
#include "projections/rows.hpp"

namespace florin::projections::history_rows {

inline constexpr std::uint8_t table_ids = 1, table_transfers = 2, table_resolved = 3, table_expired = 5,
                              table_id_runs = 6, table_expiries = 7, table_accounts = 8;
// Of one row.
inline constexpr std::size_t row_transfers_max = 64, row_entries_max = 64;

inline Bytes id_key(BookId book, TransferId id) { return row_key(table_ids, book.value, id.value); }
inline Bytes transfers_prefix(BookId book) { return row_key(table_transfers, book.value); }
inline Bytes transfer_key(BookId book, Timestamp at) {
  return row_key(table_transfers, book.value, at.value);
}
inline Bytes resolved_key(BookId book, TransferId id) {
  return row_key(table_resolved, book.value, id.value);
}
inline Bytes account_prefix(BookId book, AccountId id) {
  return row_key(table_accounts, book.value, id.value);
}
inline Bytes account_key(BookId book, AccountId id, Timestamp at) {
  return row_key(table_accounts, book.value, id.value, at.value);
}
inline Bytes expiries_prefix(BookId book, AccountId id) {
  return row_key(table_expiries, book.value, id.value);
}
inline Bytes expiry_key(BookId book, AccountId id, Timestamp at) {
  return row_key(table_expiries, book.value, id.value, at.value);
}
inline Bytes expired_key(BookId book) { return row_key(table_expired, book.value); }

// What an account that keeps a history is, counting what has this timestamp or an earlier one.
struct AccountMoment {
  Balances balances;
  std::uint32_t closed = 0;  // how many open holds close it
  bool beyond = false;       // a balance was over 2^128-1 then, which cannot be told
  friend bool operator==(const AccountMoment&, const AccountMoment&) = default;
};

// None when a balance was over 2^128-1: what the row holds of it then is not true.
inline std::optional<Balances> told(const AccountMoment& moment) {
  return moment.beyond ? std::nullopt : std::optional(moment.balances);
}

// What the end of a hold took back.
struct Release {
  Amount amount;
  bool reopens = false;
  friend bool operator==(const Release&, const Release&) = default;
};

// A transfer from the point of view of one of its accounts: enough to filter by side and code, and for the
// list of balances, without a look at the transfer itself. Or an expiry, which lists do not show.
struct AccountEntry {
  Timestamp timestamp;
  bool credit = false;  // the account's side
  std::uint16_t code = 0;
  std::optional<AccountMoment> moment;  // for accounts that keep a history
  std::optional<Release> expiry;
};

void write_entry(Writer& out, const AccountEntry& entry);  // without its timestamp
Bytes encode(const AccountEntry& entry);
AccountEntry read_entry(Timestamp at, Reader& in);
// Calls `visit` for each entry of an account's row. False when the row does not follow the grammar.
template <class Visit>
bool each_entry(Timestamp first, ByteView value, Visit visit) {
  Reader in(value);
  AccountEntry entry = read_entry(first, in);
  while (!in.failed()) {
    visit(entry);
    if (in.left() == 0) return true;
    const Timestamp before = entry.timestamp;
    entry = read_entry({before.value + in.varint<std::uint64_t>()}, in);
    if (entry.timestamp < before) in.fail();
  }
  return false;
}
// For index queries over the transfers of a book (projections/index.hpp).
bool times_of_transfers(Timestamp first, ByteView value, std::vector<Timestamp>& out);
Bytes encode(Timestamp timestamp);
Timestamp read_timestamp(Reader& in);
Bytes encode(TransferState state);
TransferState read_state(Reader& in);

}  // namespace florin::projections::history_rows
