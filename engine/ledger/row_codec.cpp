#include "engine/ledger/row_codec.hpp"

#include "engine/base/codec.hpp"

namespace florin::ledger {
namespace {

// What most rows of accounts and transfers need, so that one allocation is enough.
constexpr std::size_t row_bytes_usual = 128;

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

Bytes first_key(TableByte table) { return {static_cast<std::uint8_t>(table)}; }

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

template <class Row>
std::optional<Row> when_done(const Reader& reader, const Row& row) {
  return reader.done() ? std::optional<Row>(row) : std::nullopt;
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

Bytes encode_row(const Account& account) {
  Bytes out;
  out.reserve(row_bytes_usual);
  Writer writer(out);
  writer.varint(account.balances.debits_pending.value);
  writer.varint(account.balances.debits_posted.value);
  writer.varint(account.balances.credits_pending.value);
  writer.varint(account.balances.credits_posted.value);
  writer.varint(account.user_data_128);
  writer.varint(account.user_data_64);
  writer.varint(account.user_data_32);
  writer.varint(account.ledger.value);
  writer.varint(account.code);
  writer.fixed(account.flags);
  writer.fixed(account.timestamp.value);
  return out;
}

std::optional<Account> decode_account(InBook<AccountId> key, ByteView value) {
  Reader reader(value);
  Account account;
  account.id = key.id;
  account.balances.debits_pending.value = reader.varint128();
  account.balances.debits_posted.value = reader.varint128();
  account.balances.credits_pending.value = reader.varint128();
  account.balances.credits_posted.value = reader.varint128();
  account.user_data_128 = reader.varint128();
  account.user_data_64 = reader.varint<std::uint64_t>();
  account.user_data_32 = reader.varint<std::uint32_t>();
  account.ledger.value = reader.varint<std::uint32_t>();
  account.code = reader.varint<std::uint16_t>();
  account.flags = reader.fixed<std::uint16_t>();
  account.timestamp.value = reader.fixed<std::uint64_t>();
  return when_done(reader, account);
}

Bytes encode_row(const TransferRow& row) {
  const Transfer& transfer = row.transfer;
  Bytes out;
  out.reserve(row_bytes_usual);
  Writer writer(out);
  writer.fixed(transfer.id.value);
  writer.fixed(transfer.debit_account_id.value);
  writer.fixed(transfer.credit_account_id.value);
  writer.varint(transfer.amount.value);
  writer.varint(transfer.pending_id.value);
  writer.varint(transfer.user_data_128);
  writer.varint(transfer.user_data_64);
  writer.varint(transfer.user_data_32);
  writer.varint(transfer.timeout);
  writer.varint(transfer.ledger.value);
  writer.varint(transfer.code);
  writer.fixed(transfer.flags);
  writer.fixed(static_cast<std::uint8_t>(row.status));
  return out;
}

std::optional<TransferRow> decode_transfer(InBook<Timestamp> key, ByteView value) {
  Reader reader(value);
  TransferRow row;
  Transfer& transfer = row.transfer;
  transfer.timestamp = key.id;
  transfer.id.value = reader.fixed<u128>();
  transfer.debit_account_id.value = reader.fixed<u128>();
  transfer.credit_account_id.value = reader.fixed<u128>();
  transfer.amount.value = reader.varint128();
  transfer.pending_id.value = reader.varint128();
  transfer.user_data_128 = reader.varint128();
  transfer.user_data_64 = reader.varint<std::uint64_t>();
  transfer.user_data_32 = reader.varint<std::uint32_t>();
  transfer.timeout = reader.varint<std::uint32_t>();
  transfer.ledger.value = reader.varint<std::uint32_t>();
  transfer.code = reader.varint<std::uint16_t>();
  transfer.flags = reader.fixed<std::uint16_t>();
  const auto status = reader.fixed<std::uint8_t>();
  if (status > static_cast<std::uint8_t>(PendingStatus::expired)) reader.fail();
  row.status = static_cast<PendingStatus>(status);
  return when_done(reader, row);
}

Bytes encode_row(const TransferIdRow& row) {
  Bytes out;
  out.reserve(sizeof row);
  Writer(out).fixed(row.transfer.value);
  return out;
}

Bytes encode_row(AccountId account) {
  Bytes out;
  out.reserve(sizeof account);
  Writer(out).fixed(account.value);
  return out;
}

Bytes encode_row(const BookMarks& marks) {
  Bytes out;
  out.reserve(sizeof marks);
  Writer writer(out);
  writer.fixed(marks.last_account.value);
  writer.fixed(marks.last_transfer.value);
  return out;
}

std::optional<TransferIdRow> decode_transfer_id(InBook<TransferId>, ByteView value) {
  Reader reader(value);
  const TransferIdRow row{{reader.fixed<std::uint64_t>()}};
  return when_done(reader, row);
}

std::optional<AccountId> decode_account_time(InBook<Timestamp>, ByteView value) {
  Reader reader(value);
  const AccountId row{reader.fixed<u128>()};
  return when_done(reader, row);
}

std::optional<BookMarks> decode_marks(BookId, ByteView value) {
  Reader reader(value);
  BookMarks row;
  row.last_account.value = reader.fixed<std::uint64_t>();
  row.last_transfer.value = reader.fixed<std::uint64_t>();
  return when_done(reader, row);
}

}  // namespace florin::ledger
