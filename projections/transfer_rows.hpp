// The index rows of transfers in the read model of history, shared by the view that writes them and the
// queries that read them: prefixes of keys, each with the timestamp of a transfer behind it. Grammar:
// docs/reference/read_models.md.
#pragma once

#include "projections/field_index.hpp"
#include "projections/history_rows.hpp"

namespace florin::projections::transfer_rows {

inline constexpr FieldTables fields{32, 33, 34, 35, {36, 37}};
inline constexpr std::uint8_t table_states = 38, table_resolvers = 39;

// Not of posted transfers: that is what nearly all are.
inline Bytes state_prefix(BookId book, TransferState state) {
  return row_key(table_states, book.value, static_cast<std::uint8_t>(state));
}
// Of the transfer that posts or voids a pending one.
inline Bytes resolver_prefix(BookId book, TransferId pending) {
  return row_key(table_resolvers, book.value, pending.value);
}

}  // namespace florin::projections::transfer_rows
