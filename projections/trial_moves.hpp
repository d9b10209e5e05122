// What changes the sums of the trial balance, one row for each event that does, in order of time. Grammar:
// docs/reference/read_models.md. Pure.
#pragma once

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

// Rows of one book, from this moment on. Those of a moment stand in the order of their kinds.
Bytes moves_from(BookId book, Timestamp from);
Bytes key_of(const TrialMove& move);
Bytes encode(const TrialMove& move);
TrialMove read_move(ByteView key, Reader& in);  // fails the reader for a row that does not follow the grammar

// Calls `visit` for each move of the book with from <= timestamp <= to. Errors: those of the store; corrupt
// for a row that does not follow its grammar.
template <class Visit>
Result<void> each_move(const StoreReader& store, BookId book, Timestamp from, Timestamp to, Visit visit) {
  bool broken = false;
  const auto row = [&](ByteView key, ByteView value) {
    Reader in(value);
    const TrialMove move = read_move(key, in);
    broken = !in.done();
    if (!broken) visit(move);
    return !broken;
  };
  if (from > to) return {};
  FLORIN_TRY(store.scan(moves_from(book, from), end_of(row_key(table_moves, book.value), to.value),
                        ScanOrder::ascending, row));
  if (broken) return fail(Errc::corrupt, "a stored row does not follow its grammar; rebuild 'balances'");
  return {};
}

}  // namespace florin::projections
