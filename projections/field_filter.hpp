// The fields that accounts, transfers and transactions have in common, as a list is filtered by them. Read by
// the gateway through projections/query.hpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/transactions.hpp"

namespace florin::projections {

// By key: a row fits when it has each of these keys with any of its values.
using MetadataFilter = std::map<std::string, std::vector<std::string>>;

// A row fits when it fits every field. A field is fit by any of its values; one without values fits all.
struct FieldFilter {
  std::optional<std::vector<LedgerId>> ledgers;  // a list without a ledger fits nothing
  std::vector<std::uint16_t> codes;
  std::vector<u128> user_data_128;
  std::vector<std::uint64_t> user_data_64;
  std::vector<std::uint32_t> user_data_32;
  MetadataFilter metadata;
  friend bool operator==(const FieldFilter&, const FieldFilter&) = default;
};

}  // namespace florin::projections
