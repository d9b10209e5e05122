// The rows of accounts in the read model of balances, shared by the view that writes them and the queries
// that read them. Grammar: docs/reference/read_models.md. Tables: 1 attributes, 2 standing, 3 sums of the
// trial balance, 4 to 6 its past (trial_past.hpp), 7 limits, 32 and on the index.
#pragma once

#include "projections/account_query.hpp"
#include "projections/field_index.hpp"

namespace florin::projections::account_rows {

inline constexpr std::uint8_t table_attributes = 1, table_standing = 2, table_limits = 7, table_created = 38,
                              table_ids = 39;
inline constexpr FieldTables fields{32, 33, 34, 35, {36, 37}};

inline Bytes attributes_key(BookId book, AccountId id) {
  return row_key(table_attributes, book.value, id.value);
}
inline Bytes standing_key(BookId book, AccountId id) { return row_key(table_standing, book.value, id.value); }
inline Bytes limits_key(BookId book, AccountId id) { return row_key(table_limits, book.value, id.value); }
// Which account was created at this timestamp.
inline Bytes all_created(BookId book) { return row_key(table_created, book.value); }
inline Bytes created_key(BookId book, Timestamp at) { return row_key(table_created, book.value, at.value); }
// Of the index row of an id: the account's timestamp follows.
inline Bytes id_prefix(BookId book, AccountId id) { return row_key(table_ids, book.value, id.value); }

// What changes about an account, and its code.
struct Standing {
  std::uint16_t code = 0;
  std::uint16_t flags = 0;
  Balances balances;
};

Bytes encode(const Account& attributes);
Bytes encode(const Standing& standing);
Standing read_standing(Reader& in);
Bytes encode(const Limits& limits);
Bytes encode(AccountId id);
AccountId read_id(Reader& in);

tl::unexpected<Error> half_an_account();
// The account of its two rows, none when there is neither. Errors: corrupt.
Result<std::optional<Account>> join(const std::optional<Bytes>& attributes,
                                    const std::optional<Bytes>& standing);
// With all that belongs to it. Errors: those of the store, corrupt.
Result<std::optional<AccountRow>> find_account(const StoreReader& store, BookId book, AccountId id);
// The accounts that were created at these timestamps, in that order. Errors: those of the store, corrupt.
Result<std::vector<Account>> accounts_at(const StoreReader& store, BookId book,
                                         const std::vector<Timestamp>& timestamps);
// Adds limits and metadata.
Result<AccountRow> whole(const StoreReader& store, BookId book, const Account& account);

}  // namespace florin::projections::account_rows
