#include "engine/replay/state_check.hpp"

#include "engine/base/hex.hpp"
#include "engine/ledger/invariants.hpp"
#include "engine/store/row_cursor.hpp"

namespace florin::replay {
namespace {

using ledger::CheckPart;
using ledger::InvariantCheck;

constexpr std::uint64_t go_on_rows = 1024;  // rows between two calls of go_on

struct StoreRange {
  Bytes first, last;
};
StoreRange state_rows() { return {processor::state_key({}), prefix_end(processor::state_key({}))}; }
StoreRange ledger_rows() {
  const ledger::KeyRange range = ledger::all_rows();
  return {processor::state_key(range.first), processor::state_key(range.last)};
}

// Every row of the range, without the prefix of its key.
template <class Take>
Result<void> each_row(const StoreReader& snapshot, const StoreRange& range, const GoOn& go_on, Take take) {
  std::uint64_t rows = 0;
  Result<void> taken;
  FLORIN_TRY(snapshot.scan(range.first, range.last, ScanOrder::ascending, [&](ByteView key, ByteView value) {
    taken = take(key.subspan(1), value);
    if (taken && ++rows % go_on_rows == 0) taken = go_on(rows);
    return taken.has_value();
  }));
  return taken;
}

bool is_ledger_row(ByteView key) {
  static const ledger::KeyRange range = ledger::all_rows();
  return !key.empty() && key[0] >= range.first[0] && key[0] < range.last[0];
}

// A row that belongs to no room is one of books that does not follow its grammar.
Result<void> check_book_row(ByteView key, ByteView value) {
  if (key.size() == 1 && key[0] == processor::row_partition) return {};  // the digest reads it
  book::State unused;
  if (auto loaded = book::load(unused, key, value); !loaded)
    return fail(loaded.error().code, "state row " + to_hex(key) + ": " + loaded.error().message);
  return {};
}

// Parts of what is pending, each as small as memory asks for.
Result<void> check_pending(const StoreReader& snapshot, CheckPart part, std::size_t tracked_max,
                           const GoOn& go_on, Findings& out) {
  InvariantCheck check(part, tracked_max);
  FLORIN_TRY(each_row(snapshot, ledger_rows(), go_on, [&](ByteView key, ByteView value) {
    (void)check.row(key, value);  // a damaged row is told by the first pass
    return Result<void>{};
  }));
  if (check.pending().complete()) {
    out.add_all(check.pending().findings());
    return {};
  }
  for (const CheckPart& smaller : check.pending().smaller_parts())
    FLORIN_TRY(check_pending(snapshot, smaller, tracked_max, go_on, out));
  return {};
}

// Which ids it is: each row with the one that must say the same. Ends when as much is named as is kept.
Result<void> name_ids(const StoreReader& snapshot, const GoOn& go_on, Findings& out) {
  const auto [first, last] = ledger_rows();
  RowCursor rows(snapshot, first, last);
  std::uint64_t count = 0;
  while (out.count() < findings_kept_max) {
    FLORIN_TRY_ASSIGN(const StoreRow* row, rows.peek());
    if (row == nullptr) break;
    if (const auto pair = ledger::id_pair(ByteView(row->key).subspan(1), row->value)) {
      FLORIN_TRY_ASSIGN(const auto other, snapshot.get(processor::state_key(ledger::counterpart_key(*pair))));
      if (auto wrong = ledger::contradiction(*pair, other)) out.add(*std::move(wrong));
    }
    rows.next();
    if (++count % go_on_rows == 0) FLORIN_TRY(go_on(count));
  }
  return {};
}

}  // namespace

Result<StateReport> check_state(const StoreReader& snapshot, const GoOn& go_on, std::size_t tracked_max) {
  StateReport report;
  processor::DigestOfRows digest;
  InvariantCheck check({}, tracked_max);
  const auto take = [&](ByteView key, ByteView value) -> Result<void> {
    FLORIN_TRY(digest.row(key, value));
    const Result<void> taken = is_ledger_row(key) ? check.row(key, value) : check_book_row(key, value);
    if (!taken) report.rows.add(taken.error().message);
    return {};
  };
  FLORIN_TRY(each_row(snapshot, state_rows(), go_on, take));
  report.digest = digest.finish();
  report.sums = check.sums();
  report.limits = check.limits();
  report.ids = check.ids().findings();
  if (!check.ids().tables_agree()) FLORIN_TRY(name_ids(snapshot, go_on, report.ids));
  if (check.pending().complete()) {
    report.pending = check.pending().findings();
  } else {
    for (const CheckPart& part : check.pending().smaller_parts())
      FLORIN_TRY(check_pending(snapshot, part, tracked_max, go_on, report.pending));
  }
  return report;
}

}  // namespace florin::replay
