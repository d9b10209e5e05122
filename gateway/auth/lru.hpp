// A map with a bound: over it, the entry that was used longest ago goes. Keys are hashes, so their first
// bytes spread well.
//
// Owner: one object that guards it with its own lock.
#pragma once

#include <cstring>
#include <list>
#include <unordered_map>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/base/bytes.hpp"

namespace florin::gateway {

template <class Value>
class Lru {
 public:
  explicit Lru(std::size_t entries_max) : entries_max_(entries_max) { FLORIN_ASSERT(entries_max > 0); }

  // The entry, which is now the one used last; null when there is none. Valid until the next call.
  Value* find(const Hash256& key) {
    const auto it = index_.find(key);
    if (it == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, it->second);
    return &it->second->second;
  }

  // Puts an entry, in place of one with the same key.
  Value& put(const Hash256& key, Value value) {
    if (Value* known = find(key)) return *known = std::move(value);
    if (index_.size() == entries_max_) {
      index_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, std::move(value));
    index_.emplace(key, entries_.begin());
    return entries_.front().second;
  }

  std::size_t size() const { return index_.size(); }

 private:
  using Entries = std::list<std::pair<Hash256, Value>>;  // used last first
  struct FirstBytes {
    std::size_t operator()(const Hash256& key) const {
      std::size_t word = 0;
      std::memcpy(&word, key.data(), sizeof word);
      return word;
    }
  };

  const std::size_t entries_max_;
  Entries entries_;
  std::unordered_map<Hash256, typename Entries::iterator, FirstBytes> index_;
};

}  // namespace florin::gateway
