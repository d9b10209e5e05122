#include "projections/history_rows.hpp"

#include "schemas/items_codec.hpp"

namespace florin::projections::history_rows {
namespace {

constexpr std::uint8_t bit_credit = 1, bit_moment = 2, bit_expiry = 4, bit_reopens = 8, bit_closed = 16,
                       bit_beyond = 32, bits_all = 63;

std::uint8_t bits_of(const AccountEntry& entry) {
  unsigned bits = entry.credit ? bit_credit : 0;
  if (entry.moment) bits |= bit_moment;
  if (entry.moment && entry.moment->closed > 0) bits |= bit_closed;
  if (entry.moment && entry.moment->beyond) bits |= bit_beyond;
  if (entry.expiry) bits |= bit_expiry;
  if (entry.expiry && entry.expiry->reopens) bits |= bit_reopens;
  return static_cast<std::uint8_t>(bits);
}

bool possible(std::uint8_t bits) {
  constexpr unsigned need_moment = bit_expiry | bit_closed | bit_beyond;
  if (bits > bits_all || ((bits & bit_moment) == 0 && (bits & need_moment) != 0)) return false;
  return (bits & bit_expiry) != 0 || (bits & bit_reopens) == 0;
}

AccountMoment read_moment(Reader& in, std::uint8_t bits) {
  AccountMoment moment;
  moment.balances = read_balances(in);
  if ((bits & bit_closed) != 0) moment.closed = in.varint<std::uint32_t>();
  if ((bits & bit_closed) != 0 && moment.closed == 0) in.fail();
  moment.beyond = (bits & bit_beyond) != 0;
  return moment;
}

}  // namespace

void write_entry(Writer& out, const AccountEntry& entry) {
  out.fixed(bits_of(entry));
  if (!entry.expiry) out.varint(entry.code);
  else out.varint(entry.expiry->amount.value);
  if (entry.moment) write_balances(out, entry.moment->balances);
  if (entry.moment && entry.moment->closed > 0) out.varint(entry.moment->closed);
}

Bytes encode(const AccountEntry& entry) {
  Bytes bytes;
  Writer out(bytes);
  write_entry(out, entry);
  return bytes;
}

AccountEntry read_entry(Timestamp at, Reader& in) {
  AccountEntry entry;
  entry.timestamp = at;
  const auto bits = in.fixed<std::uint8_t>();
  if (!possible(bits)) in.fail();
  entry.credit = (bits & bit_credit) != 0;
  if ((bits & bit_expiry) != 0) entry.expiry = Release{{in.varint128()}, (bits & bit_reopens) != 0};
  else entry.code = in.varint<std::uint16_t>();
  if ((bits & bit_moment) != 0) entry.moment = read_moment(in, bits);
  return entry;
}

Bytes encode(Timestamp timestamp) {
  Bytes bytes;
  Writer(bytes).fixed(timestamp.value);
  return bytes;
}

Timestamp read_timestamp(Reader& in) { return {in.fixed<std::uint64_t>()}; }

bool times_of_transfers(Timestamp, ByteView value, std::vector<Timestamp>& out) {
  Reader in(value);
  while (in.left() > 0) out.push_back(read_transfer(in).timestamp);
  return !in.failed();
}

Bytes encode(TransferState state) { return {static_cast<std::uint8_t>(state)}; }

TransferState read_state(Reader& in) {
  const auto state = in.fixed<std::uint8_t>();
  if (state > static_cast<std::uint8_t>(TransferState::expired)) in.fail();
  return static_cast<TransferState>(state);
}

}  // namespace florin::projections::history_rows
