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
  // The field of ids where no index row has them: `find` gives an id's timestamp, if it is there.
  template <class Id, class Find>
  Result<void> add_ids(const std::vector<Id>& ids, Find find, Budget& budget) {
    if (ids.empty()) return {};
    FLORIN_TRY(budget.spend(jump_rows * ids.size()));
    IndexTerm term;
    for (const Id id : ids) {
      FLORIN_TRY_ASSIGN(const std::optional<Timestamp> at, find(id));
      if (at) term.timestamps.push_back(*at);
    }
    terms_.push_back(std::move(term));
    return {};
  }
  void add_nothing() { terms_.emplace_back(); }  // a field with values that no row has

  // `all_times` reads the rows with the prefix `all`.
  IndexQuery query(Bytes all, RowTimes all_times = key_time) && {
    return {std::move(all), std::move(terms_), std::move(all_times)};
  }

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
