// GET /ledger/accounts and /ledger/accounts/summary: the accounts of a book by any of their fields, and how
// many they are and what they hold.
#include "gateway/queries/families.hpp"
#include "gateway/queries/lists.hpp"
#include "gateway/queries/render.hpp"

namespace florin::gateway {
namespace {

using projections::AccountFilter;

constexpr std::string_view indexes[] = {"id",           "ledger",       "code",    "user_data_128",
                                        "user_data_64", "user_data_32", "metadata"};

// The problem is also that of all parameters that were read before.
tl::expected<AccountFilter, Problem> read_filter(Parameters& parameters, const Request& request,
                                                 const Client& client) {
  AccountFilter filter;
  static_cast<projections::FieldFilter&>(filter) = read_fields(parameters, request);
  filter.ids = read_numbers<AccountId>(parameters, "id", u128_max);
  filter.flags = read_flags(parameters, json::account_flag_names);
  filter.side = read_side(parameters);
  filter.balance_min = {parameters.number("amount_min", u128_max).value_or(0)};
  filter.balance_max = {parameters.number("amount_max", u128_max).value_or(u128_max)};
  const auto ledgers = read_ledgers(parameters, client);
  if (!parameters.right()) return tl::unexpected(parameters.problem());
  if (!ledgers) return tl::unexpected(ledgers.error());
  filter.ledgers = *ledgers;
  return filter;
}

Answered list(const QueryPorts& ports, const Request& request, const Client& client) {
  const std::string list = list_name(request, "accounts");
  Parameters parameters(request);
  const projections::Slice slice = read_slice(parameters, request, list);
  const auto filter = read_filter(parameters, request, client);
  if (!filter) return tl::unexpected(filter.error());
  const auto found = value_of(ports.accounts.accounts(request.auth.book, *filter, slice));
  if (!found) return tl::unexpected(with_advice(found.error(), request, client, indexes));
  return at_position(request, found->at, list_of(found->value, list));
}

std::string summary(const std::vector<projections::AccountSums>& rows) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& row : rows)
    out.begin_object()
        .number("ledger", row.ledger.value)
        .number("count", row.count)
        .string("debits_pending", to_string(row.debits_pending))
        .string("debits_posted", to_string(row.debits_posted))
        .string("credits_pending", to_string(row.credits_pending))
        .string("credits_posted", to_string(row.credits_posted))
        .decimal("timestamp_first", row.first.value)
        .decimal("timestamp_last", row.last.value)
        .end_object();
  out.end_array().key("next").null().end_object();
  return out.take();
}

Answered summarize(const QueryPorts& ports, const Request& request, const Client& client) {
  Parameters parameters(request);
  const auto range = read_range(parameters);
  const auto filter = read_filter(parameters, request, client);
  if (!filter) return tl::unexpected(filter.error());
  const auto found = value_of(ports.accounts.sums(request.auth.book, *filter, range));
  if (!found) return tl::unexpected(with_advice(found.error(), request, client, indexes));
  return at_position(request, found->at, summary(found->value));
}

}  // namespace

void bind_account_lists(Router& router, const QueryPorts& ports) {
  bind_question(router, ports, "listAccounts", {&ports.accounts}, list);
  bind_question(router, ports, "summarizeAccounts", {&ports.accounts}, summarize);
}

}  // namespace florin::gateway
