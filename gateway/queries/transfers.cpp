// GET /ledger/transfers and /ledger/transfers/summary: the transfers of a book by any of their fields, and
// how many and how much they are.
#include <array>

#include "gateway/json/ledger_flags.hpp"
#include "gateway/queries/families.hpp"
#include "gateway/queries/lists.hpp"
#include "gateway/queries/render.hpp"

namespace florin::gateway {
namespace {

using projections::Slice;
using projections::TransferFilter;

constexpr u128 u32_max = ~std::uint32_t{0}, u64_max = ~std::uint64_t{0};

std::uint16_t read_flags(Parameters& parameters) {
  std::uint16_t flags = 0;
  std::vector<std::string_view> known;
  for (const json::Flag& flag : json::transfer_flag_names) known.push_back(flag.name);
  for (const std::size_t index : parameters.names("flags", known))
    flags = static_cast<std::uint16_t>(flags | json::transfer_flag_names[index].bit);
  return flags;
}

std::vector<projections::TransferState> read_states(Parameters& parameters) {
  std::vector<std::string_view> known;
  for (const auto state : projections::transfer_states) known.push_back(name(state));
  std::vector<projections::TransferState> states;
  for (const std::size_t index : parameters.names("state", known))
    states.push_back(projections::transfer_states[index]);
  return states;
}

// `side` says which side account_id means.
void read_accounts(Parameters& parameters, TransferFilter& filter) {
  filter.debit_accounts = read_numbers<AccountId>(parameters, "debit_account_id", u128_max);
  filter.credit_accounts = read_numbers<AccountId>(parameters, "credit_account_id", u128_max);
  filter.accounts = read_numbers<AccountId>(parameters, "account_id", u128_max);
  const auto side = parameters.one_of("side", {"debit", "credit"});
  if (!side) return;
  auto& named = side == "debit" ? filter.debit_accounts : filter.credit_accounts;
  if (filter.accounts.empty() || !named.empty())
    return parameters.wrong("side",
                            "It says on which side account_id stands, and needs that parameter alone.");
  named = std::move(filter.accounts);
  filter.accounts.clear();
}

// The problem is that of all parameters that were read before, too.
tl::expected<TransferFilter, Problem> read_filter(Parameters& parameters, const Request& request,
                                                  const Client& client) {
  TransferFilter filter;
  filter.codes = read_numbers<std::uint16_t>(parameters, "code", 0xffff);
  filter.user_data_128 = read_numbers<u128>(parameters, "user_data_128", u128_max);
  filter.user_data_64 = read_numbers<std::uint64_t>(parameters, "user_data_64", u64_max);
  filter.user_data_32 = read_numbers<std::uint32_t>(parameters, "user_data_32", u32_max);
  filter.pending_ids = read_numbers<TransferId>(parameters, "pending_id", u128_max);
  read_accounts(parameters, filter);
  filter.states = read_states(parameters);
  filter.flags = read_flags(parameters);
  filter.amount_min = {parameters.number("amount_min", u128_max).value_or(0)};
  filter.amount_max = {parameters.number("amount_max", u128_max).value_or(u128_max)};
  filter.metadata = read_metadata(parameters, request);
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
  if (!found) return tl::unexpected(found.error());
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
  if (!found) return tl::unexpected(found.error());
  return at_position(request, found->at, summary(found->value));
}

}  // namespace

void bind_transfer_queries(Router& router, const QueryPorts& ports) {
  router.bind("listTransfers", [&ports](RequestPtr request, Reply reply) {
    read(ports, {&ports.transfers}, request, reply,
         [&ports](const Request& asked, const Client& client) { return list(ports, asked, client); });
  });
  router.bind("summarizeTransfers", [&ports](RequestPtr request, Reply reply) {
    read(ports, {&ports.transfers}, request, reply,
         [&ports](const Request& asked, const Client& client) { return summarize(ports, asked, client); });
  });
}

}  // namespace florin::gateway
