// GET /ledger/transfers/{id}, /ledger/ledgers and /ledger/trial-balance.
#include "gateway/queries/families.hpp"
#include "gateway/queries/reading.hpp"
#include "gateway/queries/render.hpp"

namespace florin::gateway {
namespace {

Answered one_transfer(const QueryPorts& ports, const Request& request, const Client& client) {
  const auto id = path_id(request);
  if (!id) return tl::unexpected(id.error());
  const auto found = value_of(ports.history.transfer(request.auth.book, {*id}));
  if (!found) return tl::unexpected(found.error());
  if (!found->value)
    return tl::unexpected(Problem{ProblemCode::transfer_not_found, "No transfer has this id."});
  if (!granted(client, found->value->transfer.ledger))
    return tl::unexpected(to_problem(Rejection::ledger_not_granted));
  json::Writer out;
  write(out, *found->value);
  return at_position(request, found->at, out.take());
}

Answered ledgers(const QueryPorts& ports, const Request& request, const Client& client) {
  auto found = value_of(ports.directory.ledgers(request.auth.book));
  if (!found) return tl::unexpected(found.error());
  std::erase_if(found->value, [&client](const Ledger& ledger) { return !granted(client, ledger.id); });
  return at_position(request, found->at, whole_list(found->value));
}

Answered trial_balance(const QueryPorts& ports, const Request& request, const Client& client) {
  Parameters parameters(request);
  auto at = parameters.timestamp("at");
  if (!parameters.right()) return tl::unexpected(parameters.problem());
  if (at) {
    const auto moment = value_of(ports.transactions.whole_moment(request.auth.book, *at));
    if (!moment) return tl::unexpected(moment.error());
    at = moment->value;
  }
  auto found = value_of(ports.balances.trial_balance(request.auth.book, at));
  if (!found) return tl::unexpected(found.error());
  std::erase_if(found->value, [&client](const auto& row) { return !granted(client, row.ledger); });
  return at_position(request, found->at, whole_list(found->value));
}

}  // namespace

void bind_book_queries(Router& router, const QueryPorts& ports) {
  bind_question(router, ports, "getTransfer", {&ports.history}, one_transfer);
  bind_question(router, ports, "listLedgers", {}, ledgers);
  bind_question(router, ports, "getTrialBalance", {&ports.balances, &ports.transactions}, trial_balance);
}

void bind_queries(Router& router, const QueryPorts& ports) {
  bind_account_queries(router, ports);
  bind_account_lists(router, ports);
  bind_book_queries(router, ports);
  bind_transfer_queries(router, ports);
  bind_transaction_queries(router, ports);
}

}  // namespace florin::gateway
