// Puts an index query together field by field.
#pragma once

#include <algorithm>

#include "projections/index.hpp"

namespace florin::projections {

// Values of one field that are looked up by index; a field with more of them is left to the rows themselves.
inline constexpr std::size_t index_values_max = 1'000;

class IndexFields {
 public:
  // A field with a prefix for each of its values. Without values it does not narrow the query.
  template <class Value, class Prefix>
  void add(const std::vector<Value>& values, Prefix prefix) {
    IndexTerm term;
    for (const Value& value : values) term.prefixes.push_back(prefix(value));
    add(std::move(term));
  }
  void add(IndexTerm term) {
    if (!term.prefixes.empty() && term.prefixes.size() <= index_values_max) terms_.push_back(std::move(term));
  }
  // The field of ids where no index row has them: `key` is that of the row that tells an id's timestamp.
  template <class Id, class Key>
  Result<void> add_ids(const StoreReader& store, const std::vector<Id>& ids, Key key, Budget& budget) {
    std::vector<Bytes> keys;
    for (const Id id : ids) keys.push_back(key(id));
    return keys.empty() ? Result<void>{} : add_rows(store, keys, budget);
  }
  void add_nothing() { terms_.emplace_back(); }  // a field with values that no row has

  IndexQuery query(Bytes all) && { return {std::move(all), std::move(terms_)}; }

 private:
  Result<void> add_rows(const StoreReader& store, const std::vector<Bytes>& id_keys, Budget& budget);

  std::vector<IndexTerm> terms_;
};

// The different integers of `width` bytes that come behind `prefix` in keys, ascending; one more than
// index_values_max when there are more. Jumps from one to the next.
Result<std::vector<std::uint32_t>> values_behind(const StoreReader& store, const Bytes& prefix,
                                                 std::size_t width, Budget& budget);

template <class Value>
bool any_of(const std::vector<Value>& wanted, const Value& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

}  // namespace florin::projections
