#include "projections/transfer_ids.hpp"

#include <algorithm>

#include "projections/history_rows.hpp"

namespace florin::projections {

using namespace history_rows;

namespace {

Bytes run_key(BookId book, TransferId first) { return row_key(table_id_runs, book.value, first.value); }

// Calls `visit` with each id and its timestamp until it says stop. False when the row is broken.
template <class Visit>
bool each_id(ByteView key, ByteView value, Visit visit) {
  Reader in(value);
  u128 id = last_big_endian<u128>(key);
  Timestamp at = read_timestamp(in);
  while (!in.failed() && visit(TransferId{id}, at) && in.left() > 0) {
    id += in.varint128();
    at.value += in.varint<std::uint64_t>();
  }
  return !in.failed();
}

tl::unexpected<Error> broken_run() {
  return fail(Errc::corrupt, "a run of ids does not follow its grammar; rebuild 'history'");
}

// The last run of the book that begins at this id or before it.
Result<std::optional<StoredRow>> run_at(const StoreReader& store, BookId book, TransferId id) {
  std::optional<StoredRow> found;
  const auto visit = [&](ByteView key, ByteView value) {
    found = StoredRow{{key.begin(), key.end()}, {value.begin(), value.end()}};
    return false;
  };
  FLORIN_TRY(store.scan(row_key(table_id_runs, book.value), prefix_end(run_key(book, id)),
                        ScanOrder::descending, visit));
  return found;
}

Result<TransferId> last_id(const StoredRow& run) {
  TransferId last;
  const bool whole = each_id(run.key, run.value, [&](TransferId id, Timestamp) {
    last = id;
    return true;
  });
  return whole ? Result<TransferId>(last) : broken_run();
}

}  // namespace

Result<std::optional<Timestamp>> transfer_time(const StoreReader& store, BookId book, TransferId id) {
  FLORIN_TRY_ASSIGN(const auto row, store.get(id_key(book, id)));
  if (row) return decode_row<Timestamp>(row, read_timestamp);
  FLORIN_TRY_ASSIGN(const auto run, run_at(store, book, id));
  std::optional<Timestamp> found;
  if (!run) return found;
  const bool whole = each_id(run->key, run->value, [&](TransferId one, Timestamp at) {
    if (one == id) found = at;
    return one < id;
  });
  return whole ? Result<std::optional<Timestamp>>(found) : broken_run();
}

Result<void> TransferIds::write(RowBuffer& rows, const StoreReader& store) {
  for (auto first = made_.begin(); first != made_.end();) {
    auto last = first;
    auto count = std::size_t{1};
    for (auto next = first + 1; next != made_.end() && count < id_run_max && next->book == first->book &&
                                next->id > last->id && next->at > last->at;
         ++next, ++count)
      last = next;
    bool run = count >= id_run_min;
    if (run) {
      FLORIN_TRY_ASSIGN(run, is_free(*first, *last, store));
    }
    Bytes value = encode(first->at);
    const Bytes key = run ? run_key(first->book, first->id) : id_key(first->book, first->id);
    Writer out(value);
    for (auto next = first + 1; next <= last; ++next) {
      if (!run) {
        rows.put(id_key(next->book, next->id), encode(next->at));
        continue;
      }
      out.varint(next->id.value - (next - 1)->id.value);
      out.varint(next->at.value - (next - 1)->at.value);
    }
    rows.put(key, std::move(value));
    first = last + 1;
  }
  made_.clear();
  runs_.clear();
  return {};
}

// Nothing else may lie between the ids of a run. Nearly always they are greater than all before.
Result<bool> TransferIds::is_free(const Made& first, const Made& last, const StoreReader& store) {
  FLORIN_TRY_ASSIGN(const TransferId highest, greatest(first.book, store));
  if (first.id <= highest) {
    FLORIN_TRY_ASSIGN(const auto stored, run_at(store, first.book, last.id));
    if (stored) {
      FLORIN_TRY_ASSIGN(const TransferId end, last_id(*stored));
      if (end >= first.id) return false;
    }
    const auto later = runs_.upper_bound({first.book, last.id});
    if (later != runs_.begin() && std::prev(later)->first.book == first.book &&
        std::prev(later)->second >= first.id)
      return false;
  }
  runs_[{first.book, first.id}] = last.id;
  greatest_[first.book] = std::max(highest, last.id);
  return true;
}

Result<TransferId> TransferIds::greatest(BookId book, const StoreReader& store) {
  if (const auto known = greatest_.find(book); known != greatest_.end()) return known->second;
  FLORIN_TRY_ASSIGN(const auto run, run_at(store, book, {u128_max}));
  TransferId last;
  if (run) {
    FLORIN_TRY_ASSIGN(last, last_id(*run));
  }
  return greatest_[book] = last;
}

}  // namespace florin::projections
