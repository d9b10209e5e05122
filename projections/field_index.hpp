// The index rows of the fields that accounts, transfers and transactions have in common: by ledger and code,
// by user data that is not zero, by metadata. Each kind of rows has tables of its own, and this one way to
// write them and to ask for them.
#pragma once

#include "projections/field_filter.hpp"
#include "projections/index_fields.hpp"
#include "projections/metadata.hpp"

namespace florin::projections {

struct FieldTables {
  std::uint8_t codes = 0, user_data_128 = 0, user_data_64 = 0, user_data_32 = 0;
  MetadataTables metadata;

  Bytes ledgers_prefix(BookId book) const { return row_key(codes, book.value); }
  Bytes ledger_prefix(BookId book, LedgerId ledger) const { return row_key(codes, book.value, ledger.value); }
  Bytes code_prefix(BookId book, LedgerId ledger, std::uint16_t code) const {
    return row_key(codes, book.value, ledger.value, code);
  }
  Bytes prefix_of(BookId book, u128 value) const { return row_key(user_data_128, book.value, value); }
  Bytes prefix_of(BookId book, std::uint64_t value) const { return row_key(user_data_64, book.value, value); }
  Bytes prefix_of(BookId book, std::uint32_t value) const { return row_key(user_data_32, book.value, value); }
};

inline void put_code(IndexBuffer& rows, const FieldTables& tables, BookId book, LedgerId ledger,
                     std::uint16_t code, Timestamp at) {
  rows.put(at, tables.codes, book.value, ledger.value, code);
}
// Row: an account, a transfer or a transaction.
template <class Row>
void put_user_data(IndexBuffer& rows, const FieldTables& tables, BookId book, const Row& row) {
  const Timestamp at = row.timestamp;
  if (row.user_data_128 != 0) rows.put(at, tables.user_data_128, book.value, row.user_data_128);
  if (row.user_data_64 != 0) rows.put(at, tables.user_data_64, book.value, row.user_data_64);
  if (row.user_data_32 != 0) rows.put(at, tables.user_data_32, book.value, row.user_data_32);
}

// Adds what the filter asks for. Of ledger and code it looks up the one that is left open.
Result<void> add_fields(IndexFields& fields, const StoreReader& store, const FieldTables& tables, BookId book,
                        const FieldFilter& filter, Budget& budget);

// All but ledgers and metadata, which not every row tells.
template <class Row>
bool fits_fields(const FieldFilter& filter, const Row& row) {
  return any_of(filter.codes, row.code) && any_of(filter.user_data_128, row.user_data_128) &&
         any_of(filter.user_data_64, row.user_data_64) && any_of(filter.user_data_32, row.user_data_32);
}
inline bool fits_ledger(const std::optional<std::vector<LedgerId>>& ledgers, LedgerId ledger) {
  return !ledgers || std::find(ledgers->begin(), ledgers->end(), ledger) != ledgers->end();
}

}  // namespace florin::projections
