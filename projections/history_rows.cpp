#include "projections/history_rows.hpp"

#include "schemas/items_codec.hpp"

namespace florin::projections::history_rows {
namespace {

constexpr std::uint8_t bit_credit = 1, bit_balances = 2;

}  // namespace

Bytes encode(const AccountEntry& entry) {
  Bytes bytes;
  Writer out(bytes);
  out.fixed(static_cast<std::uint8_t>((entry.credit ? bit_credit : 0) | (entry.balances ? bit_balances : 0)));
  out.varint(entry.code);
  if (entry.balances) write_balances(out, *entry.balances);
  return bytes;
}

AccountEntry read_entry(ByteView key, Reader& in) {
  AccountEntry entry;
  entry.timestamp.value = last_big_endian<std::uint64_t>(key);
  const auto bits = in.fixed<std::uint8_t>();
  if (bits > (bit_credit | bit_balances)) in.fail();
  entry.credit = (bits & bit_credit) != 0;
  entry.code = in.varint<std::uint16_t>();
  if ((bits & bit_balances) != 0) entry.balances = read_balances(in);
  return entry;
}

Bytes encode(Timestamp timestamp) {
  Bytes bytes;
  Writer(bytes).fixed(timestamp.value);
  return bytes;
}

Timestamp read_timestamp(Reader& in) { return {in.fixed<std::uint64_t>()}; }

Bytes encode(const Transfer& transfer) {
  Bytes bytes;
  Writer out(bytes);
  write_transfer(out, transfer);
  return bytes;
}

Bytes encode(TransferState state) { return {static_cast<std::uint8_t>(state)}; }

TransferState read_state(Reader& in) {
  const auto state = in.fixed<std::uint8_t>();
  if (state > static_cast<std::uint8_t>(TransferState::expired)) in.fail();
  return static_cast<TransferState>(state);
}

}  // namespace florin::projections::history_rows
