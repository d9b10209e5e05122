// Puts an index query together field by field, and remembers which indexed fields it does not use: they are
// what a query that is too broad is advised to use.
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
  void add(std::string_view name, const std::vector<Value>& values, Prefix prefix) {
    IndexTerm term;
    for (const Value& value : values) term.prefixes.push_back(prefix(value));
    add(name, std::move(term));
  }
  void add(std::string_view name, IndexTerm term);
  void add_nothing() { terms_.emplace_back(); }  // a field with values that no row has
  void leave(std::string_view name) { unused_.append(unused_.empty() ? "" : ", ").append(name); }

  std::string advice() const;
  IndexQuery query(Bytes all) && { return {std::move(all), std::move(terms_)}; }

 private:
  std::vector<IndexTerm> terms_;
  std::string unused_;
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
