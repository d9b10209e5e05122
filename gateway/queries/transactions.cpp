// GET /ledger/transactions/{id} and /ledger/transactions. A transaction may have postings in several ledgers:
// it is shown to a client that is granted all of them.
#include <algorithm>

#include "gateway/json/ledger_flags.hpp"
#include "gateway/queries/answers.hpp"
#include "gateway/queries/families.hpp"

namespace florin::gateway {
namespace {

using projections::TransactionFilter;

constexpr std::string_view indexes[] = {"id",           "account_id",   "reversal_of",
                                        "ledger",       "code",         "user_data_128",
                                        "user_data_64", "user_data_32", "metadata"};

Answered one(const QueryPorts& ports, const Request& request, const Client& client) {
  const auto id = path_id(request);
  if (!id) return tl::unexpected(id.error());
  const auto found = value_of(ports.transactions.transaction(request.auth.book, {*id}));
  if (!found) return tl::unexpected(found.error());
  if (!found->value)
    return tl::unexpected(Problem{ProblemCode::transaction_not_found, "No transaction has this id."});
  const auto& postings = found->value->transaction.postings;
  if (!std::all_of(postings.begin(), postings.end(),
                   [&](const Posting& posting) { return granted(client, posting.ledger); }))
    return tl::unexpected(to_problem(Rejection::ledger_not_granted));
  json::Writer out;
  write(out, *found->value);
  return at_position(request, found->at, out.take());
}

tl::expected<TransactionFilter, Problem> read_filter(Parameters& parameters, const Request& request,
                                                     const Client& client) {
  TransactionFilter filter;
  static_cast<projections::FieldFilter&>(filter) = read_fields(parameters, request);
  filter.ids = read_numbers<TransactionId>(parameters, "id", u128_max);
  filter.accounts = read_numbers<AccountId>(parameters, "account_id", u128_max);
  filter.reversal_of = read_numbers<TransactionId>(parameters, "reversal_of", u128_max);
  const auto ledgers = read_ledgers(parameters, client);
  if (!parameters.right()) return tl::unexpected(parameters.problem());
  if (!ledgers) return tl::unexpected(ledgers.error());
  filter.ledgers = *ledgers;
  if (!client.all_ledgers) filter.visible = client.ledgers;
  return filter;
}

Answered list(const QueryPorts& ports, const Request& request, const Client& client) {
  return answer_list(request, client, "transactions", indexes, read_filter,
                     [&](const auto& filter, const auto& slice) {
                       return ports.transactions.transactions(request.auth.book, filter, slice);
                     });
}

}  // namespace

void bind_transaction_queries(Router& router, const QueryPorts& ports) {
  bind_question(router, ports, "getTransaction", {&ports.transactions}, one);
  bind_question(router, ports, "listTransactions", {&ports.transactions}, list);
}

}  // namespace florin::gateway
