// The rows of transactions in the read model of history, shared by the view that writes them and the queries
// that read them. Grammar: docs/reference/read_models.md.
#pragma once

#include "projections/field_index.hpp"
#include "projections/transaction_query.hpp"

namespace florin::projections::transaction_rows {

inline constexpr std::uint8_t table_transactions = 48, table_ids = 49, table_reversed = 50,
                              table_reversals = 51, table_accounts = 54;
inline constexpr FieldTables fields{55, 56, 57, 58, {52, 53}};

inline Bytes all_transactions(BookId book) { return row_key(table_transactions, book.value); }
inline Bytes transaction_key(BookId book, Timestamp at) {
  return row_key(table_transactions, book.value, at.value);
}
inline Bytes id_key(BookId book, TransactionId id) { return row_key(table_ids, book.value, id.value); }
// How much of each posting of the transaction at this timestamp is reversed; no row when nothing is.
inline Bytes reversed_key(BookId book, Timestamp at) { return row_key(table_reversed, book.value, at.value); }

// The index: prefixes of rows, each with the timestamp of a transaction behind it.
inline Bytes account_prefix(BookId book, AccountId id) {
  return row_key(table_accounts, book.value, id.value);
}
inline Bytes reversals_prefix(BookId book, TransactionId original) {
  return row_key(table_reversals, book.value, original.value);
}

// A transaction without its metadata, which has rows of its own.
struct Stored {
  std::uint32_t legs = 0;
  Transaction transaction;
};
// How a stored transaction begins: enough to know its legs.
struct Head {
  std::uint32_t legs = 0;
  TransactionId id;
};

Bytes encode(const Stored& stored);
Stored read_stored(Reader& in);
Head read_head(Reader& in);  // leaves the rest
Bytes encode(Timestamp at);
Timestamp read_timestamp(Reader& in);
Bytes encode(const std::vector<Amount>& reversed);
std::vector<Amount> read_reversed(Reader& in);

}  // namespace florin::projections::transaction_rows
