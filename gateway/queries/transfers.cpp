// GET /ledger/transfers and /ledger/transfers/summary: the transfers of a book by any of their fields, and
// how many and how much they are.
#include "gateway/queries/answers.hpp"
#include "gateway/queries/families.hpp"
#include "gateway/queries/transfer_filter.hpp"

namespace florin::gateway {
namespace {

using projections::TransferFilter;

constexpr std::string_view indexes[] = {
    "id",     "account_id", "debit_account_id", "credit_account_id", "pending_id",   "state",
    "ledger", "code",       "user_data_128",    "user_data_64",      "user_data_32", "metadata"};

// `side` says which side account_id means.
void read_accounts(Parameters& parameters, TransferFilter& filter) {
  filter.debit_accounts = read_numbers<AccountId>(parameters, "debit_account_id", u128_max);
  filter.credit_accounts = read_numbers<AccountId>(parameters, "credit_account_id", u128_max);
  filter.accounts = read_numbers<AccountId>(parameters, "account_id", u128_max);
  const projections::Side side = read_side(parameters);
  if (side == projections::Side::any) return;
  auto& named = side == projections::Side::debit ? filter.debit_accounts : filter.credit_accounts;
  if (filter.accounts.empty() || !named.empty())
    return parameters.wrong("side",
                            "It says on which side account_id stands, and needs that parameter alone.");
  named = std::move(filter.accounts);
  filter.accounts.clear();
}

// The problem is also that of all parameters that were read before.
tl::expected<TransferFilter, Problem> read_filter(Parameters& parameters, const Request& request,
                                                  const Client& client) {
  TransferFilter filter = read_transfer_filter(parameters, request);
  filter.ids = read_numbers<TransferId>(parameters, "id", u128_max);
  read_accounts(parameters, filter);
  const auto ledgers = read_ledgers(parameters, client);
  if (!parameters.right()) return tl::unexpected(parameters.problem());
  if (!ledgers) return tl::unexpected(ledgers.error());
  filter.ledgers = *ledgers;
  return filter;
}

Answered list(const QueryPorts& ports, const Request& request, const Client& client) {
  return answer_list(request, client, "transfers", indexes, read_filter,
                     [&](const auto& filter, const auto& slice) {
                       return ports.transfers.transfers(request.auth.book, filter, slice);
                     });
}

Answered summarize(const QueryPorts& ports, const Request& request, const Client& client) {
  return answer_summary(request, client, indexes, read_filter, [&](const auto& filter, const auto& range) {
    return ports.transfers.sums(request.auth.book, filter, range);
  });
}

}  // namespace

void bind_transfer_queries(Router& router, const QueryPorts& ports) {
  bind_question(router, ports, "listTransfers", {&ports.transfers}, list);
  bind_question(router, ports, "summarizeTransfers", {&ports.transfers}, summarize);
}

}  // namespace florin::gateway
