#include "engine/store/packed_reader.hpp"

#include <algorithm>

namespace florin {
namespace {

const Bytes runs_begin{run_byte};

bool before(ByteView a, ByteView b) { return as_text(a) < as_text(b); }
bool same(ByteView a, ByteView b) { return as_text(a) == as_text(b); }

Result<std::optional<Bytes>> find_in(ByteView run, ByteView wanted) {
  std::optional<Bytes> found;
  FLORIN_TRY(each_row(run, [&](ByteView key, ByteView value) {
    if (same(key, wanted)) found.emplace(value.begin(), value.end());
  }));
  return found;
}

// The rows of all runs of a range one after the other, in either order.
class RunRows {
 public:
  RunRows(RowCursor runs, ByteView first, ByteView last, ScanOrder order)
      : runs_(std::move(runs)), first_(first), last_(last), descending_(order == ScanOrder::descending) {}

  Result<const StoreRow*> peek() {
    while (at_ == rows_.size()) {
      FLORIN_TRY_ASSIGN(const StoreRow* run, runs_.peek());
      if (run == nullptr) return nullptr;
      FLORIN_TRY_ASSIGN(rows_, decode_run(run->value));
      std::erase_if(
          rows_, [this](const StoreRow& row) { return before(row.key, first_) || !before(row.key, last_); });
      if (descending_) std::ranges::reverse(rows_);
      at_ = 0;
      runs_.next();
    }
    return &rows_[at_];
  }
  void next() { ++at_; }

 private:
  RowCursor runs_;
  const ByteView first_, last_;
  const bool descending_;
  std::vector<StoreRow> rows_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<ByteView> group_of(const std::vector<PackedTable>& tables, ByteView key) {
  for (const auto& [prefix, group_bytes] : tables)
    if (key.size() > group_bytes && same(key.first(prefix.size()), prefix)) return key.first(group_bytes);
  return std::nullopt;
}

Bytes run_key(ByteView first) {
  Bytes key;
  key.reserve(1 + first.size());
  key.push_back(run_byte);
  key.insert(key.end(), first.begin(), first.end());
  return key;
}

Result<std::optional<StoreRow>> PackedReader::run_of(ByteView group, ByteView key) const {
  Bytes end = run_key(key);
  end.push_back(0);  // the smallest key behind that one
  return last_before(group, end);
}

Result<std::optional<StoreRow>> PackedReader::last_run(ByteView group) const {
  return last_before(group, prefix_end(run_key(group)));
}

Result<std::optional<StoreRow>> PackedReader::last_before(ByteView group, ByteView end) const {
  std::optional<StoreRow> run;
  FLORIN_TRY(rows_.scan(run_key(group), end, ScanOrder::descending, [&](ByteView first, ByteView rows) {
    run = StoreRow{{first.begin(), first.end()}, {rows.begin(), rows.end()}};
    return false;
  }));
  return run;
}

// The row out of its run.
Result<std::optional<Bytes>> PackedReader::packed(ByteView key) const {
  const auto group = group_of(tables_, key);
  if (!group) return std::optional<Bytes>{};
  FLORIN_TRY_ASSIGN(const auto run, run_of(*group, key));
  if (!run) return std::optional<Bytes>{};
  return find_in(run->value, key);
}

// A row that changed stands by itself, whatever its run says.
Result<std::optional<Bytes>> PackedReader::get(ByteView key) const {
  FLORIN_TRY_ASSIGN(auto single, rows_.get(key));
  return single ? std::move(single) : packed(key);
}

Result<std::vector<std::optional<Bytes>>> PackedReader::get_many(const std::vector<Bytes>& keys) const {
  FLORIN_TRY_ASSIGN(auto values, rows_.get_many(keys));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (values[i]) continue;
    FLORIN_TRY_ASSIGN(values[i], packed(keys[i]));
  }
  return values;
}

bool PackedReader::no_packed(ByteView first, ByteView last) const {
  return std::ranges::none_of(tables_, [&](const PackedTable& table) {
    return before(first, prefix_end(table.prefix)) && (last.empty() || before(table.prefix, last));
  });
}

Result<void> PackedReader::scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const {
  const ByteView end = last.empty() || before(runs_begin, last) ? ByteView(runs_begin) : last;
  if (no_packed(first, end)) return rows_.scan(first, end, order, visit);
  // The run in which the range begins may begin before it.
  Bytes begin = run_key(first);
  FLORIN_TRY(rows_.scan(runs_begin, begin, ScanOrder::descending, [&](ByteView run, ByteView) {
    begin.assign(run.begin(), run.end());
    return false;
  }));
  RowCursor singles(rows_, Bytes(first.begin(), first.end()), Bytes(end.begin(), end.end()), order);
  RunRows packed(RowCursor(rows_, std::move(begin), run_key(end), order), first, end, order);
  const bool descending = order == ScanOrder::descending;
  for (;;) {
    FLORIN_TRY_ASSIGN(const StoreRow* single, singles.peek());
    FLORIN_TRY_ASSIGN(const StoreRow* run, packed.peek());
    if (single == nullptr && run == nullptr) return {};
    if (run != nullptr && single != nullptr && single->key == run->key) {
      packed.next();
      continue;
    }
    const bool of_run = single == nullptr ||
                        (run != nullptr && (descending ? single->key < run->key : run->key < single->key));
    const StoreRow& row = of_run ? *run : *single;
    if (!visit(row.key, row.value)) return {};
    of_run ? packed.next() : singles.next();
  }
}

}  // namespace florin
