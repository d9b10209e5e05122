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

// What follows place and kind.
void write_move(Writer& out, const TrialMove& move) {
  out.varint(move.ledger.value);
  out.varint(move.debit_code);
  if (move.kind == MoveKind::account_created) return;
  out.varint(move.credit_code);
  const bool released = below_zero(move.pending);
  out.fixed(static_cast<std::uint8_t>(released ? bit_released : 0));
  out.varint(released ? negative(move.pending).low : move.pending.low);
  out.varint(move.posted.low);
}

void read_move(Reader& in, TrialMove& move) {
  move.ledger.value = in.varint<std::uint32_t>();
  move.debit_code = in.varint<std::uint16_t>();
  move.credit_code = 0;
  move.pending = move.posted = {};
  if (move.kind == MoveKind::account_created) return;
  move.credit_code = in.varint<std::uint16_t>();
  const auto bits = in.fixed<std::uint8_t>();
  if (bits > bit_released) in.fail();
  move.pending.low = in.varint<u128>();
  if (bits == bit_released) move.pending = negative(move.pending);
  move.posted.low = in.varint<u128>();
}

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

Bytes key_of(const TrialMove& first) {
  return row_key(table_moves, first.book.value, first.at.value, static_cast<std::uint8_t>(first.kind));
}

Bytes encode(std::span<const TrialMove> row) {
  Bytes bytes;
  Writer out(bytes);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const TrialMove& move = row[i];
    if (i > 0) {
      FLORIN_ASSERT(in_order(row[i - 1], move) && move.book == row[i - 1].book);
      out.varint(move.at.value - row[i - 1].at.value);
      out.fixed(static_cast<std::uint8_t>(move.kind));
    }
    write_move(out, move);
  }
  return bytes;
}

bool read_moves(ByteView key, ByteView value, std::vector<TrialMove>& out) {
  Reader in(value);
  TrialMove move;
  auto kind = last_big_endian<std::uint8_t>(key);
  move.at.value = last_big_endian<std::uint64_t>(key.first(key.size() - 1));
  move.book.value = last_big_endian<std::uint32_t>(key.first(key.size() - 1 - sizeof(std::uint64_t)));
  const std::size_t first = out.size();
  do {
    if (out.size() > first) {
      move.at.value += in.varint<std::uint64_t>();
      kind = in.fixed<std::uint8_t>();
    }
    if (kind > static_cast<std::uint8_t>(MoveKind::expiry)) in.fail();
    move.kind = static_cast<MoveKind>(kind);
    read_move(in, move);
    if (out.size() > first && !in_order(out.back(), move)) in.fail();
    out.push_back(move);
  } while (in.left() > 0);
  return !in.failed();
}

}  // namespace florin::projections
