// The canonical rows of the ledger's state, as the store keeps them and the state digest reads them. A key is
// one table byte and big-endian numbers, so that rows order by book and then by id or time; a value is in the
// house encoding (engine/base/codec.hpp). What the key says is not said again in the value.
//
//   accounts        'A' u32 book, u128 id
//     -> varints debits_pending, debits_posted, credits_pending, credits_posted, user_data_128, user_data_64,
//        user_data_32, ledger, code; u16 flags, u64 timestamp, limits (docs/formats/items.md)
//   transfer ids    'B' u32 book, u128 id
//     -> u64 timestamp of the transfer; 0 = the id is burnt
//   transfers       'C' u32 book, u64 timestamp
//     -> u128 id, u128 debit_account_id, u128 credit_account_id; varints amount, pending_id, user_data_128,
//        user_data_64, user_data_32, timeout, ledger, code; u16 flags, u8 pending status (state.hpp)
//   account times   'D' u32 book, u64 timestamp
//     -> u128 id of the account that was created then
//   expiries        'E' u64 due, u64 timestamp of the pending transfer, u32 book
//     -> nothing; a row for each open pending transfer that has a timeout
//   marks           'F' u32 book
//     -> u64 last account timestamp, u64 last transfer timestamp, u128 greatest id of a transfer
//   transactions    'G' u32 book, u128 id
//     -> u64 timestamp; 0 = the id is burnt, and nothing follows; u128 reversal_of; varints user_data_128,
//        user_data_64, user_data_32, code, flags; 32 bytes hash of the first metadata; varint count, and for
//        each line u128 account, u8 side, varints amount, ledger, reversed
//   metadata        'H' u32 book, u8 kind of target, u128 id
//     -> metadata (docs/formats/items.md), of one key or more
#pragma once

#include <optional>

#include "engine/ledger/state.hpp"

namespace florin::ledger {

enum class TableByte : std::uint8_t {
  accounts = 'A',
  transfer_ids = 'B',
  transfers = 'C',
  account_times = 'D',
  expiries = 'E',
  marks = 'F',
  transactions = 'G',
  metadata = 'H',
};

// Keys behind what `out` holds; a timestamp is that of a transfer or an account, as the table says.
void append_key(Bytes& out, TableByte table, InBook<AccountId> account);
void append_key(Bytes& out, TableByte table, InBook<TransferId> transfer);
void append_key(Bytes& out, TableByte table, InBook<Timestamp> row);
void append_key(Bytes& out, TableByte table, const Expiry& expiry);
void append_key(Bytes& out, TableByte table, BookId book);
void append_key(Bytes& out, TableByte table, InBook<TransactionId> transaction);
void append_key(Bytes& out, TableByte table, InBook<Target> target);

Bytes account_key(InBook<AccountId> account);
Bytes transfer_id_key(InBook<TransferId> transfer);
Bytes transfer_key(InBook<Timestamp> transfer);
Bytes account_time_key(InBook<Timestamp> account);
Bytes expiry_key(const Expiry& expiry);
Bytes marks_key(BookId book);
Bytes transaction_key(InBook<TransactionId> transaction);
Bytes metadata_key(InBook<Target> target);

// Keys read back; none when they are of another table or of another size.
std::optional<InBook<AccountId>> parse_account_key(ByteView key);
std::optional<InBook<TransferId>> parse_transfer_id_key(ByteView key);
std::optional<InBook<Timestamp>> parse_transfer_key(ByteView key);
std::optional<InBook<Timestamp>> parse_account_time_key(ByteView key);
std::optional<Expiry> parse_expiry_key(ByteView key);
std::optional<BookId> parse_marks_key(ByteView key);
std::optional<InBook<TransactionId>> parse_transaction_key(ByteView key);
std::optional<InBook<Target>> parse_metadata_key(ByteView key);

// Values behind what `out` holds.
void append_row(Bytes& out, const AccountRow& account);
void append_row(Bytes& out, const TransferIdRow& row);
void append_row(Bytes& out, const TransferRow& row);
void append_row(Bytes& out, AccountId account);
void append_row(Bytes& out, const BookMarks& marks);
void append_row(Bytes& out, const TransactionRow& row);
void append_row(Bytes& out, const Metadata& metadata);

template <class Row>
Bytes encode_row(const Row& row) {
  Bytes out;
  append_row(out, row);
  return out;
}

// Values read back; none when the bytes are not exactly one row. The key's fields come from the key.
std::optional<AccountRow> decode_account(InBook<AccountId> key, ByteView value);
std::optional<TransferIdRow> decode_transfer_id(InBook<TransferId> key, ByteView value);
std::optional<TransferRow> decode_transfer(InBook<Timestamp> key, ByteView value);
std::optional<AccountId> decode_account_time(InBook<Timestamp> key, ByteView value);
std::optional<BookMarks> decode_marks(BookId key, ByteView value);
std::optional<TransactionRow> decode_transaction(InBook<TransactionId> key, ByteView value);
std::optional<Metadata> decode_metadata(InBook<Target> key, ByteView value);

}  // namespace florin::ledger
