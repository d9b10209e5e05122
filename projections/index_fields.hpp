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
  void add_nothing() { terms_.emplace_back(); }  // a field with values that no row has

  IndexQuery query(Bytes all) && { return {std::move(all), std::move(terms_)}; }

 private:
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
