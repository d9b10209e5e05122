// Every id of an account or a transfer bears exactly one row: two tables say the same pairs of id and
// timestamp, one of them keyed by the id, the other by the timestamp. And the marks of a book name its newest
// timestamps.
//
// First the pairs of each table are counted and their hashes summed, which takes no memory. Only when two
// tables differ the rows are looked at again, each with the one that must stand beside it, to tell which.
#pragma once

#include <array>
#include <map>

#include "engine/base/findings.hpp"
#include "engine/ledger/row_codec.hpp"

namespace florin::ledger {

enum class IdTable : std::uint8_t { accounts, account_times, transfers, transfer_ids };

// What a row of those tables says. A burnt id says nothing.
struct IdPair {
  IdTable table{};
  BookId book;
  u128 id = 0;
  Timestamp timestamp;
};

class IdCheck {
 public:
  void pair(const IdPair& pair);
  void marks(BookId book, const BookMarks& marks) { marks_[book] = marks; }

  bool tables_agree() const;
  Findings findings() const;

 private:
  struct PairSet {
    std::uint64_t count = 0;
    u128 sum = 0;  // of hashes, modulo 2^128: equal for equal sets, and for others only by a hash collision
    friend bool operator==(const PairSet&, const PairSet&) = default;
  };
  const PairSet& set(IdTable table) const { return sets_[static_cast<std::size_t>(table)]; }

  std::array<PairSet, 4> sets_;
  std::map<BookId, BookMarks> newest_, marks_;
};

// None for a burnt id, a row of another table and a damaged one.
std::optional<IdPair> id_pair(ByteView key, ByteView value);
// Where the row stands that must say the same.
Bytes counterpart_key(const IdPair& pair);
// What is wrong when that row is not there, or says something else; none when all is well.
std::optional<std::string> contradiction(const IdPair& pair, const std::optional<Bytes>& counterpart);

}  // namespace florin::ledger
