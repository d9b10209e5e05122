// The keys of the rows (row_codec.hpp).
#include "engine/base/big_endian.hpp"
#include "engine/ledger/row_codec.hpp"

namespace florin::ledger {
namespace {

template <class Int>
Int take_big_endian(ByteView& in) {
  Int value{};
  for (std::size_t i = 0; i < sizeof value; ++i) value = static_cast<Int>((value << 8) | in[i]);
  in = in.subspan(sizeof value);
  return value;
}

template <class Id>
void append_in_book(Bytes& out, TableByte table, InBook<Id> row) {
  out.push_back(static_cast<std::uint8_t>(table));
  add_big_endian(out, row.book.value);
  add_big_endian(out, row.id.value);
}

constexpr std::size_t key_bytes_max = 1 + sizeof(std::uint32_t) + 1 + sizeof(u128);

template <class Key>
Bytes key_of(TableByte table, const Key& row) {
  Bytes key;
  key.reserve(key_bytes_max);
  append_key(key, table, row);
  return key;
}

// The key behind its table byte, when it is of this table and of this size.
std::optional<ByteView> fields(TableByte table, ByteView key, std::size_t size) {
  if (key.size() != 1 + size || key[0] != static_cast<std::uint8_t>(table)) return std::nullopt;
  return key.subspan(1);
}

template <class Id>
std::optional<InBook<Id>> parse_in_book(TableByte table, ByteView key) {
  auto in = fields(table, key, sizeof(std::uint32_t) + sizeof(typename Id::Value));
  if (!in) return std::nullopt;
  const BookId book{take_big_endian<std::uint32_t>(*in)};
  return InBook<Id>{book, Id{take_big_endian<typename Id::Value>(*in)}};
}

}  // namespace

void append_key(Bytes& out, TableByte table, InBook<AccountId> account) {
  append_in_book(out, table, account);
}
void append_key(Bytes& out, TableByte table, InBook<TransferId> transfer) {
  append_in_book(out, table, transfer);
}
void append_key(Bytes& out, TableByte table, InBook<Timestamp> row) { append_in_book(out, table, row); }
void append_key(Bytes& out, TableByte table, InBook<TransactionId> transaction) {
  append_in_book(out, table, transaction);
}
void append_key(Bytes& out, TableByte table, BookId book) {
  out.push_back(static_cast<std::uint8_t>(table));
  add_big_endian(out, book.value);
}
void append_key(Bytes& out, TableByte table, const Expiry& expiry) {
  out.push_back(static_cast<std::uint8_t>(table));
  add_big_endian(out, expiry.due.value);
  add_big_endian(out, expiry.transfer.value);
  add_big_endian(out, expiry.book.value);
}
void append_key(Bytes& out, TableByte table, InBook<Target> target) {
  append_key(out, table, target.book);
  out.push_back(static_cast<std::uint8_t>(target.id.kind));
  add_big_endian(out, target.id.id);
}

Bytes account_key(InBook<AccountId> account) { return key_of(TableByte::accounts, account); }
Bytes transfer_id_key(InBook<TransferId> transfer) { return key_of(TableByte::transfer_ids, transfer); }
Bytes transfer_key(InBook<Timestamp> transfer) { return key_of(TableByte::transfers, transfer); }
Bytes account_time_key(InBook<Timestamp> account) { return key_of(TableByte::account_times, account); }
Bytes expiry_key(const Expiry& expiry) { return key_of(TableByte::expiries, expiry); }
Bytes marks_key(BookId book) { return key_of(TableByte::marks, book); }
Bytes transaction_key(InBook<TransactionId> transaction) {
  return key_of(TableByte::transactions, transaction);
}
Bytes metadata_key(InBook<Target> target) { return key_of(TableByte::metadata, target); }

std::optional<InBook<AccountId>> parse_account_key(ByteView key) {
  return parse_in_book<AccountId>(TableByte::accounts, key);
}

std::optional<InBook<Timestamp>> parse_transfer_key(ByteView key) {
  return parse_in_book<Timestamp>(TableByte::transfers, key);
}

std::optional<Expiry> parse_expiry_key(ByteView key) {
  auto in = fields(TableByte::expiries, key, 2 * sizeof(std::uint64_t) + sizeof(std::uint32_t));
  if (!in) return std::nullopt;
  Expiry expiry;
  expiry.due.value = take_big_endian<std::uint64_t>(*in);
  expiry.transfer.value = take_big_endian<std::uint64_t>(*in);
  expiry.book.value = take_big_endian<std::uint32_t>(*in);
  return expiry;
}

std::optional<InBook<TransferId>> parse_transfer_id_key(ByteView key) {
  return parse_in_book<TransferId>(TableByte::transfer_ids, key);
}

std::optional<InBook<Timestamp>> parse_account_time_key(ByteView key) {
  return parse_in_book<Timestamp>(TableByte::account_times, key);
}

std::optional<BookId> parse_marks_key(ByteView key) {
  auto in = fields(TableByte::marks, key, sizeof(std::uint32_t));
  if (!in) return std::nullopt;
  return BookId{take_big_endian<std::uint32_t>(*in)};
}

std::optional<InBook<TransactionId>> parse_transaction_key(ByteView key) {
  return parse_in_book<TransactionId>(TableByte::transactions, key);
}

std::optional<InBook<Target>> parse_metadata_key(ByteView key) {
  auto in = fields(TableByte::metadata, key, sizeof(std::uint32_t) + 1 + sizeof(u128));
  if (!in) return std::nullopt;
  const BookId book{take_big_endian<std::uint32_t>(*in)};
  const auto kind = take_big_endian<std::uint8_t>(*in);
  if (kind > static_cast<std::uint8_t>(TargetKind::transaction)) return std::nullopt;
  return InBook<Target>{book, {static_cast<TargetKind>(kind), take_big_endian<u128>(*in)}};
}

}  // namespace florin::ledger
