// GET /ledger/accounts and /ledger/accounts/summary: the accounts of a book by any of their fields, and how
// many they are and what they hold.
#include "gateway/queries/answers.hpp"
#include "gateway/queries/families.hpp"

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
  return answer_list(request, client, "accounts", indexes, read_filter,
                     [&](const auto& filter, const auto& slice) {
                       return ports.accounts.accounts(request.auth.book, filter, slice);
                     });
}

Answered summarize(const QueryPorts& ports, const Request& request, const Client& client) {
  return answer_summary(request, client, indexes, read_filter, [&](const auto& filter, const auto& range) {
    return ports.accounts.sums(request.auth.book, filter, range);
  });
}

}  // namespace

void bind_account_lists(Router& router, const QueryPorts& ports) {
  bind_question(router, ports, "listAccounts", {&ports.accounts}, list);
  bind_question(router, ports, "summarizeAccounts", {&ports.accounts}, summarize);
}

}  // namespace florin::gateway
