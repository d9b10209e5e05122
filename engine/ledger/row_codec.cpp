#include "engine/ledger/row_codec.hpp"

#include "engine/base/codec.hpp"
#include "schemas/transactions_codec.hpp"

namespace florin::ledger {
namespace {

template <class Row>
std::optional<Row> when_done(const Reader& reader, const Row& row) {
  return reader.done() ? std::optional<Row>(row) : std::nullopt;
}

}  // namespace

void append_row(Bytes& out, const AccountRow& account) {
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
  write_limits(writer, account.limits);
}

std::optional<AccountRow> decode_account(InBook<AccountId> key, ByteView value) {
  Reader reader(value);
  AccountRow account;
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
  account.limits = read_limits(reader);
  return when_done(reader, account);
}

void append_row(Bytes& out, const TransferRow& row) {
  const Transfer& transfer = row.transfer;
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

void append_row(Bytes& out, const TransferIdRow& row) { Writer(out).fixed(row.transfer.value); }

void append_row(Bytes& out, AccountId account) { Writer(out).fixed(account.value); }

void append_row(Bytes& out, const BookMarks& marks) {
  Writer writer(out);
  writer.fixed(marks.last_account.value);
  writer.fixed(marks.last_transfer.value);
  writer.fixed(marks.greatest_transfer_id.value);
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
  row.greatest_transfer_id.value = reader.fixed<u128>();
  return when_done(reader, row);
}

void append_row(Bytes& out, const TransactionRow& row) {
  Writer writer(out);
  writer.fixed(row.timestamp.value);
  if (row.burnt()) return;
  writer.fixed(row.reversal_of.value);
  writer.varint(row.user_data_128);
  writer.varint(row.user_data_64);
  writer.varint(row.user_data_32);
  writer.varint(row.code);
  writer.varint(row.flags);
  writer.raw(row.metadata_hash);
  writer.varint(row.lines.size());
  for (const auto& [posting, reversed] : row.lines) {
    writer.fixed(posting.account.value);
    writer.fixed(static_cast<std::uint8_t>(posting.side));
    writer.varint(posting.amount.value);
    writer.varint(posting.ledger.value);
    writer.varint(reversed.value);
  }
}

std::optional<TransactionRow> decode_transaction(InBook<TransactionId>, ByteView value) {
  Reader reader(value);
  TransactionRow row;
  row.timestamp.value = reader.fixed<std::uint64_t>();
  if (row.burnt()) return when_done(reader, row);
  row.reversal_of.value = reader.fixed<u128>();
  row.user_data_128 = reader.varint128();
  row.user_data_64 = reader.varint<std::uint64_t>();
  row.user_data_32 = reader.varint<std::uint32_t>();
  row.code = reader.varint<std::uint16_t>();
  row.flags = reader.varint<std::uint16_t>();
  row.metadata_hash = reader.hash();
  const auto count = reader.varint<std::uint32_t>();
  if (count > postings_max) reader.fail();
  for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
    TransactionRow::Line line;
    line.posting.account.value = reader.fixed<u128>();
    const auto side = reader.fixed<std::uint8_t>();
    if (side > static_cast<std::uint8_t>(PostingSide::credit)) reader.fail();
    line.posting.side = static_cast<PostingSide>(side);
    line.posting.amount.value = reader.varint128();
    line.posting.ledger.value = reader.varint<std::uint32_t>();
    line.reversed.value = reader.varint128();
    if (line.reversed > line.posting.amount) reader.fail();
    row.lines.push_back(line);
  }
  return when_done(reader, row);
}

void append_row(Bytes& out, const Metadata& metadata) {
  Writer writer(out);
  write_metadata(writer, metadata);
}

std::optional<Metadata> decode_metadata(InBook<Target>, ByteView value) {
  Reader reader(value);
  const Metadata metadata = read_metadata(reader);
  if (metadata.empty()) reader.fail();
  return when_done(reader, metadata);
}

}  // namespace florin::ledger
