#include "gateway/queries/transfer_filter.hpp"

namespace florin::gateway {
namespace {

std::vector<projections::TransferState> read_states(Parameters& parameters) {
  std::vector<std::string_view> known;
  for (const auto state : projections::transfer_states) known.push_back(name(state));
  std::vector<projections::TransferState> states;
  for (const std::size_t index : parameters.names("state", known))
    states.push_back(projections::transfer_states[index]);
  return states;
}

}  // namespace

projections::TransferFilter read_transfer_filter(Parameters& parameters, const Request& request) {
  projections::TransferFilter filter;
  static_cast<projections::FieldFilter&>(filter) = read_fields(parameters, request);
  filter.pending_ids = read_numbers<TransferId>(parameters, "pending_id", u128_max);
  filter.states = read_states(parameters);
  filter.flags = read_flags(parameters, json::transfer_flag_names);
  filter.amount_min = {parameters.number("amount_min", u128_max).value_or(0)};
  filter.amount_max = {parameters.number("amount_max", u128_max).value_or(u128_max)};
  return filter;
}

}  // namespace florin::gateway
