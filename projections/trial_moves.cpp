#include "projections/trial_moves.hpp"

namespace florin::projections {
namespace {

constexpr std::uint8_t bit_released = 1;  // what was pending is less

WideSum negative(const WideSum& sum) {
  WideSum result;
  result -= sum;
  return result;
}

// Sums are modulo 2^192 and changes are below 2^128, so that what is less than nothing has its high bits set.
bool below_zero(const WideSum& sum) { return sum.high != 0; }

}  // namespace

TrialSums TrialMove::debit_change() const {
  if (kind == MoveKind::account_created) return {1, {}};
  return {0, {pending, posted, {}, {}}};
}

TrialSums TrialMove::credit_change() const {
  if (kind == MoveKind::account_created) return {};
  return {0, {{}, {}, pending, posted}};
}

Bytes moves_from(BookId book, Timestamp from) { return row_key(table_moves, book.value, from.value); }

Bytes key_of(const TrialMove& move) {
  return row_key(table_moves, move.book.value, move.at.value, static_cast<std::uint8_t>(move.kind));
}

Bytes encode(const TrialMove& move) {
  Bytes bytes;
  Writer out(bytes);
  out.varint(move.ledger.value);
  out.varint(move.debit_code);
  if (move.kind == MoveKind::account_created) return bytes;
  out.varint(move.credit_code);
  const bool released = below_zero(move.pending);
  out.fixed(static_cast<std::uint8_t>(released ? bit_released : 0));
  out.varint(released ? negative(move.pending).low : move.pending.low);
  out.varint(move.posted.low);
  return bytes;
}

TrialMove read_move(ByteView key, Reader& in) {
  TrialMove move;
  const auto kind = last_big_endian<std::uint8_t>(key);
  if (kind > static_cast<std::uint8_t>(MoveKind::expiry)) in.fail();
  move.kind = static_cast<MoveKind>(kind);
  move.at.value = last_big_endian<std::uint64_t>(key.first(key.size() - 1));
  move.book.value = last_big_endian<std::uint32_t>(key.first(key.size() - 1 - sizeof(std::uint64_t)));
  move.ledger.value = in.varint<std::uint32_t>();
  move.debit_code = in.varint<std::uint16_t>();
  if (move.kind == MoveKind::account_created) return move;
  move.credit_code = in.varint<std::uint16_t>();
  const auto bits = in.fixed<std::uint8_t>();
  if (bits > bit_released) in.fail();
  move.pending.low = in.varint<u128>();
  if (bits == bit_released) move.pending = negative(move.pending);
  move.posted.low = in.varint<u128>();
  return move;
}

}  // namespace florin::projections
