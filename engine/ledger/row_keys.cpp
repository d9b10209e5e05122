// The keys of the rows (row_codec.hpp).
#include "engine/ledger/row_codec.hpp"

namespace florin::ledger {
namespace {

template <class Int>
void put_big_endian(Bytes& out, Int value) {
  for (std::size_t shift = sizeof value * 8; shift > 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
}

template <class Int>
Int take_big_endian(ByteView& in) {
  Int value{};
  for (std::size_t i = 0; i < sizeof value; ++i) value = static_cast<Int>((value << 8) | in[i]);
  in = in.subspan(sizeof value);
  return value;
}

// Room for the longest key and for the byte that the processor puts before it.
constexpr std::size_t key_bytes_max = 2 + sizeof(std::uint32_t) + 1 + sizeof(u128);

Bytes first_key(TableByte table) {
  Bytes key;
  key.reserve(key_bytes_max);
  key.push_back(static_cast<std::uint8_t>(table));
  return key;
}

template <class Id>
Bytes in_book_key(TableByte table, InBook<Id> row) {
  Bytes key = first_key(table);
  put_big_endian(key, row.book.value);
  put_big_endian(key, row.id.value);
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

Bytes account_key(InBook<AccountId> account) { return in_book_key(TableByte::accounts, account); }
Bytes transfer_id_key(InBook<TransferId> transfer) { return in_book_key(TableByte::transfer_ids, transfer); }
Bytes transfer_key(InBook<Timestamp> transfer) { return in_book_key(TableByte::transfers, transfer); }
Bytes account_time_key(InBook<Timestamp> account) { return in_book_key(TableByte::account_times, account); }

Bytes expiry_key(const Expiry& expiry) {
  Bytes key = first_key(TableByte::expiries);
  put_big_endian(key, expiry.due.value);
  put_big_endian(key, expiry.transfer.value);
  put_big_endian(key, expiry.book.value);
  return key;
}

Bytes marks_key(BookId book) {
  Bytes key = first_key(TableByte::marks);
  put_big_endian(key, book.value);
  return key;
}

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

Bytes transaction_key(InBook<TransactionId> transaction) {
  return in_book_key(TableByte::transactions, transaction);
}

std::optional<InBook<TransactionId>> parse_transaction_key(ByteView key) {
  return parse_in_book<TransactionId>(TableByte::transactions, key);
}

Bytes metadata_key(InBook<Target> target) {
  Bytes key = first_key(TableByte::metadata);
  put_big_endian(key, target.book.value);
  key.push_back(static_cast<std::uint8_t>(target.id.kind));
  put_big_endian(key, target.id.id);
  return key;
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
