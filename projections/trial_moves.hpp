// What changes the sums of the trial balance: a move for each event that does. The moves of a batch share
// rows, each under the place of its first one. No row goes on behind a checkpoint (trial_past.hpp), so that
// whoever reads on from a checkpoint meets all moves behind it. Grammar: docs/reference/read_models.md. Pure.
#pragma once

#include <span>
#include <tuple>

#include "projections/rows.hpp"
#include "projections/trial.hpp"

namespace florin::projections {

inline constexpr std::uint8_t table_moves = 4;

// In the order of one moment; imports can share a timestamp with an expiry.
enum class MoveKind : std::uint8_t { account_created = 0, transfer = 1, expiry = 2 };

struct TrialMove {
  BookId book;
  Timestamp at;  // of the account or the transfer; of an expiry its engine time
  MoveKind kind = MoveKind::account_created;
  LedgerId ledger;
  std::uint16_t debit_code = 0, credit_code = 0;  // of the accounts; of a new account the first
  WideSum pending, posted;                        // what both sides gain; less than nothing where a hold ends

  // The two rows of the trial balance that it changes, and by what. For a new account the second is nothing.
  TrialKey debit_key() const { return {book, ledger, debit_code}; }
  TrialKey credit_key() const { return {book, ledger, credit_code}; }
  TrialSums debit_change() const;
  TrialSums credit_change() const;

  friend bool operator==(const TrialMove&, const TrialMove&) = default;
};

inline constexpr std::size_t row_moves_max = 256;  // of one row

inline bool in_order(const TrialMove& a, const TrialMove& b) {
  return std::tie(a.book, a.at, a.kind) < std::tie(b.book, b.at, b.kind);
}

// Rows of one book that begin at this moment or later.
Bytes moves_from(BookId book, Timestamp from);
Bytes key_of(const TrialMove& first);
Bytes encode(std::span<const TrialMove> row);  // of one book, in order
// Adds the moves of a row. False when it does not follow the grammar.
bool read_moves(ByteView key, ByteView value, std::vector<TrialMove>& out);

// Calls `visit` with the key and the moves of each row of the book that begins at from <= timestamp <= to.
// What came late stands in rows between the others, so that moves are in order only row by row. Errors: those
// of the store; corrupt for a row that does not follow its grammar.
template <class Visit>
Result<void> each_row_of_moves(const StoreReader& store, BookId book, Timestamp from, Timestamp to,
                               Visit visit) {
  bool broken = false;
  std::vector<TrialMove> moves;
  const auto row = [&](ByteView key, ByteView value) {
    moves.clear();
    broken = !read_moves(key, value, moves);
    if (!broken) visit(key, std::span<const TrialMove>(moves));
    return !broken;
  };
  if (from > to) return {};
  FLORIN_TRY(store.scan(moves_from(book, from), end_of(row_key(table_moves, book.value), to.value),
                        ScanOrder::ascending, row));
  if (broken) return fail(Errc::corrupt, "a stored row does not follow its grammar; rebuild 'balances'");
  return {};
}

// Calls `visit` for each move of the book behind a checkpoint that is not later than `to`.
template <class Visit>
Result<void> each_move(const StoreReader& store, BookId book, Timestamp checkpoint, Timestamp to,
                       Visit visit) {
  return each_row_of_moves(store, book, {checkpoint.value + 1}, to, [&](ByteView, auto moves) {
    for (const TrialMove& move : moves)
      if (move.at <= to) visit(move);
  });
}

}  // namespace florin::projections
