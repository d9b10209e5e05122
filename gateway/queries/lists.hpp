// What the lists share: their names for cursors, the part that is asked for, fields that take several values,
// and the ledgers that a client may see.
#pragma once

#include "gateway/json/ledger_flags.hpp"
#include "gateway/queries/reading.hpp"
#include "projections/query.hpp"

namespace florin::gateway {

inline constexpr std::size_t filter_values_max = 100;  // of one field, with commas between

// Names a list for its cursors: what it lists and every filter but cursor, limit and min_position.
std::string list_name(const Request& request, std::string_view kind);

// A query that is too broad is advised to use those of these parameters, all of which have an index, that it
// was not given and may be given. Another problem stays as it is.
Problem with_advice(Problem problem, const Request& request, const Client& client,
                    std::span<const std::string_view> indexes);

// timestamp_min, timestamp_max.
projections::TimeRange read_range(Parameters& parameters);
// The range, and limit, cursor, order.
projections::Slice read_slice(Parameters& parameters, const Request& request, const std::string& list);

// Values with commas between, each once; none when the parameter is not given.
template <class Value>
std::vector<Value> read_numbers(Parameters& parameters, std::string_view name, u128 max) {
  std::vector<Value> values;
  for (const u128 number : parameters.numbers(name, max, filter_values_max)) {
    if constexpr (std::is_integral_v<Value> || std::is_same_v<Value, u128>)
      values.push_back(static_cast<Value>(number));
    else values.push_back({static_cast<typename Value::Value>(number)});
  }
  return values;
}

// What transfers and transactions have in common: code, user data, metadata. Ledgers are read apart.
projections::FieldFilter read_fields(Parameters& parameters, const Request& request);

// The bits of the flags that are named, any of them; 0 when the parameter is not given.
std::uint16_t read_flags(Parameters& parameters, std::span<const json::Flag> known);
// side=debit|credit.
projections::Side read_side(Parameters& parameters);

// The ledgers that the query may look into: those that it names, which must be granted, else all that are;
// none when every ledger is.
tl::expected<std::optional<std::vector<LedgerId>>, Problem> read_ledgers(Parameters& parameters,
                                                                         const Client& client);

}  // namespace florin::gateway
