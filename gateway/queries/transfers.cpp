// GET /ledger/transfers and /ledger/transfers/summary: the transfers of a book by any of their fields, and
// how many and how much they are.
#include "gateway/queries/families.hpp"
#include "gateway/queries/render.hpp"
#include "gateway/queries/transfer_filter.hpp"

namespace florin::gateway {
namespace {

using projections::Slice;
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
  const std::string list = list_name(request, "transfers");
  Parameters parameters(request);
  const Slice slice = read_slice(parameters, request, list);
  const auto filter = read_filter(parameters, request, client);
  if (!filter) return tl::unexpected(filter.error());
  const auto found = value_of(ports.transfers.transfers(request.auth.book, *filter, slice));
  if (!found) return tl::unexpected(with_advice(found.error(), request, client, indexes));
  return at_position(request, found->at, list_of(found->value, list));
}

std::string summary(const std::vector<projections::TransferSums>& rows) {
  json::Writer out;
  out.begin_object().key("data").begin_array();
  for (const auto& row : rows)
    out.begin_object()
        .number("ledger", row.ledger.value)
        .number("count", row.count)
        .string("amount", to_string(row.amount))
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
  const auto found = value_of(ports.transfers.sums(request.auth.book, *filter, range));
  if (!found) return tl::unexpected(with_advice(found.error(), request, client, indexes));
  return at_position(request, found->at, summary(found->value));
}

}  // namespace

void bind_transfer_queries(Router& router, const QueryPorts& ports) {
  bind_question(router, ports, "listTransfers", {&ports.transfers}, list);
  bind_question(router, ports, "summarizeTransfers", {&ports.transfers}, summarize);
}

}  // namespace florin::gateway
