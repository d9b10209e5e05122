// The trial balance at any past moment, of all accounts: from checkpoints, which hold the sums as they stood,
// and the moves behind the last of them.
//
// Invariants. A checkpoint is a moment of a book. For each row of the trial balance that anything changed
// since the checkpoint before, it has the sums of everything up to its moment; a row without sums there has
// those of an earlier one. Between two checkpoints, and behind the last, lie at most about `moves_max` moves.
//
// Moves may come late, when transfers or accounts are imported into the past: then all later checkpoints take
// them in, and a gap between two of them that grows too large gets checkpoints of its own.
#pragma once

#include <set>
#include <span>

#include "projections/trial_moves.hpp"

namespace florin::projections {

// What a query adds up behind a checkpoint, and how often one is made.
inline constexpr std::size_t checkpoint_moves_max = 2'048;

// The sums of a row of the trial balance as they stood at a moment, which is that of a checkpoint.
Result<TrialSums> sums_at(const StoreReader& store, const TrialKey& key, Timestamp checkpoint);
// The last checkpoint of the book that is not later; 0 when there is none.
Result<Timestamp> checkpoint_before(const StoreReader& store, BookId book, Timestamp moment);

// Sums of checkpoints as a batch leaves them: the store's, under what changed.
class PastSums {
 public:
  explicit PastSums(const StoreReader& store) : store_(store) {}
  Result<TrialSums> at(const TrialKey& key, Timestamp checkpoint) const;
  void put(const TrialKey& key, Timestamp checkpoint, const TrialSums& sums) {
    changed_.insert_or_assign({key, checkpoint}, sums);
  }
  // To the sums of this checkpoint, which gets some of its own where it has none, and of all later ones.
  Result<void> add_from(const TrialKey& key, Timestamp checkpoint, const TrialSums& change);
  void write(StoreBatch& batch) const;

 private:
  const StoreReader& store_;
  std::map<std::pair<TrialKey, Timestamp>, TrialSums> changed_;
};

// The part of the view that writes moves and checkpoints. Its thread.
class PastTrial {
 public:
  explicit PastTrial(std::size_t moves_max) : moves_max_(moves_max) {}
  void add(const TrialMove& move) { moves_.push_back(move); }
  // The rows of the moves since the last call, and of the checkpoints that they make or change.
  Result<void> write(StoreBatch& batch, const StoreReader& store);

 private:
  using Moves = std::span<const TrialMove>;
  // What lies behind one checkpoint, up to and with the next.
  struct Gap {
    BookId book;
    Timestamp after, end;  // 0 before the first checkpoint, 2^64-1 behind the last
    std::uint64_t moves = 0;
    bool open() const { return end.value == ~std::uint64_t{0}; }
  };
  struct Writing {
    const StoreReader& store;
    PastSums sums;
    RowBuffer checkpoints, moves;
    std::set<std::pair<BookId, Timestamp>> ends;  // of the gaps that get moves
    std::vector<TrialMove> taken_back;            // stored ones whose rows are erased
  };

  Result<Gap> gap_at(BookId book, Timestamp at, const StoreReader& store);
  Result<Gap> open_gap(BookId book, const StoreReader& store);
  Result<void> fill(Gap gap, Moves moves, Writing& writing);
  Result<void> divide(Gap& gap, Moves moves, Writing& writing) const;
  Result<std::vector<TrialMove>> take_back(const Gap& gap, const TrialMove& first, Writing& writing) const;
  void write_moves(Writing& writing);

  const std::size_t moves_max_;
  std::vector<TrialMove> moves_;
  std::map<BookId, Gap> open_;  // of each book, as the last batch left it
};

}  // namespace florin::projections
