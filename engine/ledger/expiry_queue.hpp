// The open pending transfers that have a timeout, in order of due time. All of them are in memory, and each
// has a row in the store from which the queue is rebuilt at start.
//
// Owner: State (one thread). Changes inside a chain are undone by rollback().
#pragma once

#include <compare>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "schemas/ids.hpp"

namespace florin::ledger {

struct Expiry {
  Timestamp due;
  BookId book;
  Timestamp transfer;  // timestamp of the pending transfer
  // Due time first; of equal ones the older transfer. Timestamps are engine time, so they never tie between
  // books.
  friend std::strong_ordering operator<=>(const Expiry& a, const Expiry& b) {
    if (auto order = a.due <=> b.due; order != 0) return order;
    if (auto order = a.transfer <=> b.transfer; order != 0) return order;
    return a.book <=> b.book;
  }
  friend bool operator==(const Expiry&, const Expiry&) = default;
};

class ExpiryQueue {
 public:
  const std::set<Expiry>& open() const { return open_; }

  void load(const Expiry& expiry) { open_.insert(expiry); }  // from the store, at start
  void insert(const Expiry& expiry);                         // must not be in the queue
  void erase(const Expiry& expiry);                          // must be in the queue

  // Savepoints, as of Table (engine/base/table.hpp).
  void begin() { savepoints_.push_back(undo_.size()); }
  void keep();
  void rollback();

  // What changed since the last settle(): true where the entry is in the queue now.
  const std::map<Expiry, bool>& changes() const { return changed_; }
  void settle() { changed_.clear(); }

 private:
  void set(const Expiry& expiry, bool open);
  void mark(const Expiry& expiry, bool open);

  std::set<Expiry> open_;
  std::map<Expiry, bool> changed_;
  std::vector<std::pair<Expiry, bool>> undo_;  // what each entry was before
  std::vector<std::size_t> savepoints_;
};

}  // namespace florin::ledger
