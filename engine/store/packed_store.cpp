#include "engine/store/packed_store.hpp"

#include <algorithm>

namespace florin {
namespace {

// A batch out of order now and then, or the first one, does not make a group one that ascends.
constexpr std::size_t ordered_writes_min = 2;

bool greater(ByteView a, ByteView b) { return as_text(a) > as_text(b); }

struct HeldRows {
  std::unique_ptr<StoreReader> rows;
};

// Holds what it reads from.
class Snapshot final : HeldRows, public PackedReader {
 public:
  Snapshot(std::unique_ptr<StoreReader> held, const std::vector<PackedTable>& tables)
      : HeldRows{std::move(held)}, PackedReader(*rows, tables) {}
};

}  // namespace

Result<std::unique_ptr<StoreReader>> PackedStore::snapshot() const {
  FLORIN_TRY_ASSIGN(auto rows, rows_.snapshot());
  return std::make_unique<Snapshot>(std::move(rows), tables_);
}

Result<void> PackedStore::scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const {
  if (reader_.no_packed(first, last)) return reader_.scan(first, last, order, visit);
  FLORIN_TRY_ASSIGN(const auto now, rows_.snapshot());
  return PackedReader(*now, tables_).scan(first, last, order, visit);
}

Result<void> PackedStore::write(const StoreBatch& batch) {
  Writing writing;
  writing.packs = !erases_packed(batch);
  if (groups_.size() > packed_groups_max) groups_.clear();
  for (const RowChange& row : batch.operations()) {
    const auto group = group_of(tables_, row.key);
    if (!group) {
      writing.out.add(row);
    } else if (!row.value) {
      FLORIN_TRY(erase(row.key, *group, writing));
    } else if (row.fresh && writing.packs) {
      FLORIN_TRY(put_fresh(row, *group, writing));
    } else {
      writing.out.add(row);
    }
  }
  end_run(writing);
  put_changed(writing);
  return rows_.write(writing.out);
}

// Rows to erase are looked for in the store below, which does not have the runs of this batch.
bool PackedStore::erases_packed(const StoreBatch& batch) const {
  return std::ranges::any_of(
      batch.operations(), [this](const RowChange& row) { return !row.value && group_of(tables_, row.key); });
}

Result<void> PackedStore::put_fresh(const RowChange& row, ByteView name, Writing& writing) {
  if (writing.group == nullptr || as_text(name) != as_text(writing.name))
    FLORIN_TRY(enter(name, row.key, writing));
  Group& group = *writing.group;
  const bool ascends = greater(row.key, writing.run.empty() ? ByteView(group.last) : writing.run.back().key);
  if (greater(row.key, group.greatest)) group.greatest.assign(row.key.begin(), row.key.end());
  const std::size_t bytes = row.key.size() + row.value->size();
  if (!ascends || bytes > run_bytes_max || group.ordered < ordered_writes_min) {
    writing.out.add(row);
    return {};
  }
  writing.run.push_back(row);
  writing.run_bytes += bytes;
  if (writing.run.size() == run_rows_max || writing.run_bytes >= run_bytes_max) end_run(writing);
  return {};
}

Result<void> PackedStore::enter(ByteView name, ByteView key, Writing& writing) {
  end_run(writing);
  writing.name.assign(name.begin(), name.end());
  const auto [it, is_new] = groups_.try_emplace(writing.name);
  writing.group = &it->second;
  Group& group = it->second;
  if (is_new) {
    FLORIN_TRY_ASSIGN(const auto run, reader_.last_run(name));
    if (run)
      FLORIN_TRY(
          each_row(run->value, [&](ByteView row, ByteView) { group.last.assign(row.begin(), row.end()); }));
    group.greatest = group.last;
  }
  group.ordered = greater(key, group.greatest) ? group.ordered + 1 : 0;
  return {};
}

void PackedStore::end_run(Writing& writing) const {
  if (writing.run.size() < run_rows_min) {
    for (const RowChange& row : writing.run) writing.out.add(row);
  } else {
    const ByteView last = writing.run.back().key;
    writing.group->last.assign(last.begin(), last.end());
    writing.out.put(run_key(writing.run.front().key), encode_run(writing.run));
  }
  writing.run.clear();
  writing.run_bytes = 0;
}

Result<void> PackedStore::erase(ByteView key, ByteView name, Writing& writing) const {
  writing.out.erase(key);
  FLORIN_TRY_ASSIGN(const auto run, reader_.run_of(name, key));
  if (!run) return {};
  auto it = writing.changed.find(run->key);
  if (it == writing.changed.end()) {
    FLORIN_TRY_ASSIGN(auto rows, decode_run(run->value));
    it = writing.changed.emplace(run->key, std::move(rows)).first;
  }
  std::erase_if(it->second, [&](const StoreRow& row) { return as_text(row.key) == as_text(key); });
  return {};
}

void PackedStore::put_changed(Writing& writing) const {
  for (const auto& [run, rows] : writing.changed) {
    std::vector<RowChange> kept;
    for (const StoreRow& row : rows) kept.push_back({row.key, row.value});
    if (kept.empty()) writing.out.erase(run);
    else writing.out.put(run, encode_run(kept));
  }
}

}  // namespace florin
