#include "projections/trial_past.hpp"

#include <algorithm>

namespace florin::projections {
namespace {

constexpr std::uint8_t table_checkpoints = 5, table_past = 6;
constexpr Timestamp behind_all{~std::uint64_t{0}};

Bytes past_prefix(const TrialKey& key) {
  return row_key(table_past, key.book.value, key.ledger.value, key.code);
}
Bytes past_key(const TrialKey& key, Timestamp moment) {
  return row_key(table_past, key.book.value, key.ledger.value, key.code, moment.value);
}
Bytes checkpoint_key(BookId book, Timestamp moment) {
  return row_key(table_checkpoints, book.value, moment.value);
}

Bytes encode(const TrialSums& sums) {
  Bytes bytes;
  Writer out(bytes);
  write_trial(out, sums);
  return bytes;
}

Bytes encode_count(std::uint64_t moves) {
  Bytes bytes;
  Writer(bytes).varint(moves);
  return bytes;
}

Timestamp moment_of(ByteView key) { return {last_big_endian<std::uint64_t>(key)}; }

using PastRow = std::pair<Timestamp, TrialSums>;

// The last sums that are not later.
Result<std::optional<PastRow>> stored_sums(const StoreReader& store, const TrialKey& key, Timestamp moment) {
  FLORIN_TRY_ASSIGN(const auto row, last_row(store, past_prefix(key), moment.value));
  if (!row) return std::optional<PastRow>{};
  FLORIN_TRY_ASSIGN(const auto sums, decode_row<TrialSums>(row->value, read_trial));
  return std::optional<PastRow>{{moment_of(row->key), *sums}};
}

using Changes = std::map<TrialKey, TrialSums>;

void gather(Changes& changes, const TrialMove& move) {
  changes[move.debit_key()] += move.debit_change();
  if (move.kind != MoveKind::account_created) changes[move.credit_key()] += move.credit_change();
}

}  // namespace

Result<TrialSums> sums_at(const StoreReader& store, const TrialKey& key, Timestamp checkpoint) {
  FLORIN_TRY_ASSIGN(const auto row, stored_sums(store, key, checkpoint));
  return row ? row->second : TrialSums{};
}

Result<Timestamp> checkpoint_before(const StoreReader& store, BookId book, Timestamp moment) {
  FLORIN_TRY_ASSIGN(const auto row, last_row(store, row_key(table_checkpoints, book.value), moment.value));
  return row ? moment_of(row->key) : Timestamp{};
}

Result<TrialSums> PastSums::at(const TrialKey& key, Timestamp checkpoint) const {
  FLORIN_TRY_ASSIGN(const auto stored, stored_sums(store_, key, checkpoint));
  const auto later = changed_.upper_bound({key, checkpoint});
  if (later != changed_.begin()) {
    const auto& [place, sums] = *std::prev(later);
    if (place.first == key && (!stored || place.second >= stored->first)) return sums;
  }
  return stored ? stored->second : TrialSums{};
}

Result<void> PastSums::add_from(const TrialKey& key, Timestamp checkpoint, const TrialSums& change) {
  FLORIN_TRY_ASSIGN(const TrialSums before, at(key, checkpoint));
  changed_.try_emplace({key, checkpoint}, before);
  bool broken = false;
  const auto load = [&](ByteView row, ByteView value) {
    Reader in(value);
    changed_.try_emplace({key, moment_of(row)}, read_trial(in));
    broken = !in.done();
    return !broken;
  };
  FLORIN_TRY(
      store_.scan(past_key(key, checkpoint), prefix_end(past_prefix(key)), ScanOrder::ascending, load));
  if (broken) return fail(Errc::corrupt, "a checkpoint is not as it was written; rebuild 'balances'");
  const auto end = changed_.upper_bound({key, behind_all});
  for (auto row = changed_.lower_bound({key, checkpoint}); row != end; ++row) row->second += change;
  return {};
}

void PastSums::write(StoreBatch& batch) const {
  for (const auto& [place, sums] : changed_) batch.put(past_key(place.first, place.second), encode(sums));
}

Result<void> PastTrial::write(StoreBatch& batch, const StoreReader& store) {
  if (!std::is_sorted(moves_.begin(), moves_.end(), in_order))
    std::stable_sort(moves_.begin(), moves_.end(), in_order);
  Writing writing{store, PastSums(store), {}, {}, {}, {}};
  for (Moves left = moves_; !left.empty();) {
    const BookId book = left.front().book;
    FLORIN_TRY_ASSIGN(const Gap gap, gap_at(book, left.front().at, store));
    const auto end = std::find_if(left.begin(), left.end(), [&](const TrialMove& move) {
      return move.book != book || move.at > gap.end;
    });
    const Moves inside = left.first(static_cast<std::size_t>(end - left.begin()));
    FLORIN_TRY(fill(gap, inside, writing));
    left = left.subspan(inside.size());
  }
  write_moves(writing);
  writing.moves.move_into(batch);
  writing.checkpoints.move_into(batch);
  writing.sums.write(batch);
  moves_.clear();
  return {};
}

// Rows end where a checkpoint is, and where the moves of another gap begin.
void PastTrial::write_moves(Writing& writing) {
  const auto end_of_gap = [&](const TrialMove& move) {
    const auto end = writing.ends.lower_bound({move.book, move.at});
    return end == writing.ends.end() || end->first != move.book ? behind_all : end->second;
  };
  moves_.insert(moves_.end(), writing.taken_back.begin(), writing.taken_back.end());
  if (!writing.taken_back.empty()) std::stable_sort(moves_.begin(), moves_.end(), in_order);
  for (Moves left = moves_; !left.empty();) {
    const Timestamp end = end_of_gap(left.front());
    std::size_t count = 1;
    while (count < left.size() && count < row_moves_max && left[count].book == left.front().book &&
           left[count].at <= end)
      ++count;
    writing.moves.put(key_of(left.front()), projections::encode(left.first(count)));
    left = left.subspan(count);
  }
}

// Nearly always the open one, which is known.
Result<PastTrial::Gap> PastTrial::gap_at(BookId book, Timestamp at, const StoreReader& store) {
  FLORIN_TRY_ASSIGN(const Gap open, open_gap(book, store));
  if (at > open.after) return open;
  Gap gap{book, {}, {}, 0};
  bool broken = false;
  const auto first = [&](ByteView key, ByteView value) {
    Reader in(value);
    gap.end = moment_of(key);
    gap.moves = in.varint<std::uint64_t>();
    broken = !in.done();
    return false;
  };
  FLORIN_TRY(store.scan(checkpoint_key(book, at), prefix_end(row_key(table_checkpoints, book.value)),
                        ScanOrder::ascending, first));
  if (broken || gap.end < at)
    return fail(Errc::corrupt, "a checkpoint is not as it was written; rebuild 'balances'");
  FLORIN_TRY_ASSIGN(gap.after, checkpoint_before(store, book, {at.value - 1}));
  return gap;
}

Result<PastTrial::Gap> PastTrial::open_gap(BookId book, const StoreReader& store) {
  if (const auto known = open_.find(book); known != open_.end()) return known->second;
  Gap gap{book, {}, behind_all, 0};
  FLORIN_TRY_ASSIGN(gap.after, checkpoint_before(store, book, behind_all));
  FLORIN_TRY(each_move(store, book, gap.after, behind_all, [&](const TrialMove&) { ++gap.moves; }));
  return open_[book] = gap;
}

Result<void> PastTrial::fill(Gap gap, Moves moves, Writing& writing) {
  if (!gap.open()) {
    Changes changes;
    for (const TrialMove& move : moves) gather(changes, move);
    for (const auto& [key, change] : changes) FLORIN_TRY(writing.sums.add_from(key, gap.end, change));
  }
  writing.ends.insert({gap.book, gap.end});
  gap.moves += moves.size();
  if (gap.moves >= moves_max_) FLORIN_TRY(divide(gap, moves, writing));
  if (gap.open()) open_[gap.book] = gap;
  else writing.checkpoints.put(checkpoint_key(gap.book, gap.end), encode_count(gap.moves));
  return {};
}

// The stored moves of a gap that is to be divided. If the first new one comes late, a checkpoint may fall
// into a row of them: then all are written anew.
Result<std::vector<TrialMove>> PastTrial::take_back(const Gap& gap, const TrialMove& first,
                                                    Writing& writing) const {
  std::vector<TrialMove> stored;
  std::vector<Bytes> keys;
  const auto row = [&](ByteView key, Moves moves) {
    stored.insert(stored.end(), moves.begin(), moves.end());
    keys.emplace_back(key.begin(), key.end());
  };
  FLORIN_TRY(each_row_of_moves(writing.store, gap.book, {gap.after.value + 1}, gap.end, row));
  const bool late =
      std::any_of(stored.begin(), stored.end(), [&](const TrialMove& move) { return in_order(first, move); });
  if (!late && stored.size() < moves_max_) return stored;
  for (Bytes& key : keys) writing.moves.erase(std::move(key));
  writing.taken_back.insert(writing.taken_back.end(), stored.begin(), stored.end());
  return stored;
}

// Puts checkpoints into the gap and leaves of it what lies behind the last of them.
Result<void> PastTrial::divide(Gap& gap, Moves moves, Writing& writing) const {
  FLORIN_TRY_ASSIGN(std::vector<TrialMove> all, take_back(gap, moves.front(), writing));
  all.insert(all.end(), moves.begin(), moves.end());
  if (!std::is_sorted(all.begin(), all.end(), in_order)) std::stable_sort(all.begin(), all.end(), in_order);
  gap.moves = 0;
  Changes changes;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Timestamp moment = all[i].at;
    gather(changes, all[i]);
    ++gap.moves;
    const bool moment_ends = i + 1 == all.size() || all[i + 1].at != moment;
    if (gap.moves < moves_max_ || !moment_ends || moment == gap.end) continue;
    for (const auto& [key, change] : changes) {
      FLORIN_TRY_ASSIGN(TrialSums sums, writing.sums.at(key, gap.after));
      writing.sums.put(key, moment, sums += change);
    }
    writing.checkpoints.put(checkpoint_key(gap.book, moment), encode_count(gap.moves));
    writing.ends.insert({gap.book, moment});
    changes.clear();
    gap.after = moment;
    gap.moves = 0;
  }
  return {};
}

}  // namespace florin::projections
