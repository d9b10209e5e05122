// A table of rows held in memory while commands are decided: what was fetched from the store, what changed
// since, and savepoints for chains that may roll back. It never iterates in hash order: changes come out
// sorted by key.
//
// Owner: the core that decides (one thread). Rows must be fetched (load) before they are looked up; a look-up
// of a row that nobody fetched is a bug and stops the process.
#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/assert.hpp"

namespace florin {

template <class Key, class Row, class KeyHash>
class Table {
 public:
  struct Change {
    Key key;
    const Row* row;  // null: it was erased
    bool fresh;      // the store has no row of this key
  };

  bool known(const Key& key) const { return slots_.contains(key); }

  // The store's answer for a key; ignored when the key is known, since memory is newer than the store.
  void load(const Key& key, std::optional<Row> row) {
    const bool stored = row.has_value();
    slots_.try_emplace(key, Slot{std::move(row), 0, stored});
  }

  const Row* find(const Key& key) const {
    auto it = slots_.find(key);
    FLORIN_ASSERT(it != slots_.end());
    return it->second.row ? &*it->second.row : nullptr;
  }

  void put(const Key& key, Row row) { touch(key).row = std::move(row); }
  void erase(const Key& key) { touch(key).row.reset(); }
  // The row, to be changed in place before anything else is done here; there must be one.
  Row& edit(const Key& key) {
    Slot& slot = touch(key);
    FLORIN_ASSERT(slot.row.has_value());
    return *slot.row;
  }

  // Savepoints: changes after begin() are undone by rollback() or kept by keep(). They nest: what an inner
  // one kept is undone with the outer one.
  void begin() { savepoints_.push_back(undo_.size()); }
  void keep() {
    FLORIN_ASSERT(!savepoints_.empty());
    savepoints_.pop_back();
    if (savepoints_.empty()) undo_.clear();
  }
  void rollback() {
    FLORIN_ASSERT(!savepoints_.empty());
    for (; undo_.size() > savepoints_.back(); undo_.pop_back())
      slots_.find(undo_.back().first)->second.row = std::move(undo_.back().second);
    savepoints_.pop_back();
  }

  // Everything changed since the last settle(), sorted by key. The pointers live until the next change. To be
  // asked once, and stored before settle().
  std::vector<Change> changes() {
    if (!std::is_sorted(changed_.begin(), changed_.end())) std::sort(changed_.begin(), changed_.end());
    std::vector<Change> out;
    out.reserve(changed_.size());
    for (const Key& key : changed_) {
      auto& slot = slots_.find(key)->second;
      out.push_back({key, slot.row ? &*slot.row : nullptr, !slot.stored});
      slot.stored = slot.row.has_value();
    }
    return out;
  }

  // The changes are stored: rows are clean again, and a table that outgrew its bound starts empty.
  void settle(std::size_t rows_max) {
    if (slots_.size() > rows_max) slots_.clear();
    changed_.clear();
    ++settled_;
  }

  std::size_t size() const { return slots_.size(); }

 private:
  struct Slot {
    std::optional<Row> row;
    std::uint64_t changed_at = 0;  // 1 + the number of settle() calls before its last change
    bool stored = false;           // whether the store has a row of this key
  };

  // The row's place; what it holds now can be undone and counts as changed.
  Slot& touch(const Key& key) {
    auto it = slots_.find(key);
    FLORIN_ASSERT(it != slots_.end());
    Slot& slot = it->second;
    if (!savepoints_.empty()) undo_.emplace_back(key, slot.row);
    if (slot.changed_at != settled_ + 1) {
      slot.changed_at = settled_ + 1;
      changed_.push_back(key);
    }
    return slot;
  }

  // Flat, because a batch looks up several rows for each transfer. Rows move when a row is loaded.
  boost::unordered_flat_map<Key, Slot, KeyHash> slots_;
  std::uint64_t settled_ = 0;
  std::vector<Key> changed_;
  std::vector<std::pair<Key, std::optional<Row>>> undo_;
  std::vector<std::size_t> savepoints_;  // the length of undo_ at each begin(), the outermost first
};

}  // namespace florin
