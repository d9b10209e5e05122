#include "gateway/queries/lists.hpp"

#include <algorithm>

#include "gateway/queries/position.hpp"

namespace florin::gateway {
namespace {

// metadata[KEY]=VALUE, as often as there are keys, and again for another value of a key. A comma is a part of
// the value, unlike in other fields: any text can be stored.
projections::MetadataFilter read_metadata(Parameters& parameters, const Request& request) {
  constexpr std::string_view begin = "metadata[";
  projections::MetadataFilter wanted;
  for (const auto& [name, value] : request.query) {
    if (!name.starts_with(begin)) continue;
    const std::string key = name.substr(begin.size(), name.size() - begin.size() - 1);
    if (key.size() > metadata_key_bytes_max || value.size() > metadata_bytes_max)
      parameters.wrong(name, "A key has at most " + std::to_string(metadata_key_bytes_max) +
                                 " bytes, and key and value have at most " +
                                 std::to_string(metadata_bytes_max) + " together.");
    auto& values = wanted[key];
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  for (const auto& [key, values] : wanted)
    if (values.size() > filter_values_max)
      parameters.wrong("metadata[" + key + "]",
                       "It may have at most " + std::to_string(filter_values_max) + " values.");
  if (wanted.size() > metadata_keys_max)
    parameters.wrong("metadata", "Nothing has more than " + std::to_string(metadata_keys_max) + " keys.");
  return wanted;
}

bool is_given(const Request& request, std::string_view name) {
  return std::any_of(request.query.begin(), request.query.end(), [&](const auto& parameter) {
    const std::string& given = parameter.first;
    return given.starts_with(name) && (given.size() == name.size() || given[name.size()] == '[');
  });
}

// Would it be refused beside what is given, or find the same rows?
bool is_idle(const Request& request, const Client& client, std::string_view name) {
  if (name == "ledger") return !client.all_ledgers && client.ledgers.size() < 2;
  const auto side = request.parameter("side");
  return side && name == std::string(*side) + "_account_id";
}

std::string joined(const std::vector<std::string_view>& names, std::string_view between) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : between).append(name);
  return text;
}

}  // namespace

Problem with_advice(Problem problem, const Request& request, const Client& client,
                    std::span<const std::string_view> indexes) {
  if (problem.code != ProblemCode::query_too_broad) return problem;
  std::vector<std::string_view> times;
  for (const std::string_view name : {"timestamp_min", "timestamp_max"})
    if (!is_given(request, name)) times.push_back(name);
  for (const std::string_view name : indexes)
    if (!is_given(request, name) && !is_idle(request, client, name)) problem.indexes.push_back(name);
  problem.detail += " Narrow it by " + (times.empty() ? "a shorter time" : joined(times, " and "));
  if (!problem.indexes.empty())
    problem.detail += ", or by a field that has an index: " + joined(problem.indexes, ", ");
  problem.detail += ".";
  return problem;
}

std::string list_name(const Request& request, std::string_view kind) {
  std::string name(kind);
  name.append(" ")
      .append(to_string(request.auth.book))
      .append(" ")
      .append(request.path_value("id").value_or(""));
  for (const auto& [key, value] : request.query)
    if (key != "cursor" && key != "limit" && key != "min_position")
      name.append(" ").append(key).append("=").append(value);
  return name;
}

projections::TimeRange read_range(Parameters& parameters) {
  projections::TimeRange range;
  if (const auto value = parameters.timestamp("timestamp_min")) range.timestamp_min = *value;
  if (const auto value = parameters.timestamp("timestamp_max")) range.timestamp_max = *value;
  return range;
}

projections::Slice read_slice(Parameters& parameters, const Request& request, const std::string& list) {
  projections::Slice slice;
  static_cast<projections::TimeRange&>(slice) = read_range(parameters);
  slice.descending = parameters.one_of("order", {"asc", "desc"}) == "desc";
  if (const auto value = parameters.number("limit", projections::page_items_max, 1))
    slice.limit = static_cast<std::uint32_t>(*value);
  if (const auto cursor = request.parameter("cursor")) {
    slice.cursor = decode_cursor(*cursor, list);
    if (!slice.cursor)
      parameters.wrong("cursor", "It is not the cursor of a page of this list with these filters.");
  }
  return slice;
}

projections::FieldFilter read_fields(Parameters& parameters, const Request& request) {
  projections::FieldFilter filter;
  filter.codes = read_numbers<std::uint16_t>(parameters, "code", 0xffff);
  filter.user_data_128 = read_numbers<u128>(parameters, "user_data_128", u128_max);
  filter.user_data_64 = read_numbers<std::uint64_t>(parameters, "user_data_64", ~std::uint64_t{0});
  filter.user_data_32 = read_numbers<std::uint32_t>(parameters, "user_data_32", ~std::uint32_t{0});
  filter.metadata = read_metadata(parameters, request);
  return filter;
}

std::uint16_t read_flags(Parameters& parameters, std::span<const json::Flag> known) {
  std::vector<std::string_view> names;
  for (const json::Flag& flag : known) names.push_back(flag.name);
  std::uint16_t bits = 0;
  for (const std::size_t place : parameters.names("flags", names))
    bits = static_cast<std::uint16_t>(bits | known[place].bit);
  return bits;
}

projections::Side read_side(Parameters& parameters) {
  const auto side = parameters.one_of("side", {"debit", "credit"});
  if (!side) return projections::Side::any;
  return side == "debit" ? projections::Side::debit : projections::Side::credit;
}

tl::expected<std::optional<std::vector<LedgerId>>, Problem> read_ledgers(Parameters& parameters,
                                                                         const Client& client) {
  const auto named = read_numbers<LedgerId>(parameters, "ledger", 0xffffffff);
  for (const LedgerId ledger : named)
    if (!granted(client, ledger)) return tl::unexpected(to_problem(Rejection::ledger_not_granted));
  if (!named.empty()) return named;
  if (client.all_ledgers) return std::nullopt;
  return client.ledgers;
}

}  // namespace florin::gateway
