// GET /ledger/accounts/{id}, and the lists of an account's transfers and balances.
#include <algorithm>

#include "gateway/queries/families.hpp"

#include "gateway/queries/render.hpp"
#include "gateway/queries/transfer_filter.hpp"

namespace florin::gateway {
namespace {

using projections::AccountRow;
using projections::Answer;
using projections::BalancesAt;
using projections::HistoryFilter;
using projections::Page;

// The account, if it exists and its ledger is granted to the client.
tl::expected<Answer<AccountRow>, Problem> granted_account(const QueryPorts& ports, const Request& request,
                                                          const Client& client) {
  const auto id = path_id(request);
  if (!id) return tl::unexpected(id.error());
  auto found = value_of(ports.balances.account(request.auth.book, {*id}));
  if (!found) return tl::unexpected(found.error());
  if (!found->value)
    return tl::unexpected(Problem{ProblemCode::account_not_found, "No account has this id."});
  if (!granted(client, found->value->account.ledger))
    return tl::unexpected(to_problem(Rejection::ledger_not_granted));
  return Answer<AccountRow>{*found->value, found->at};
}

tl::expected<HistoryFilter, Problem> filter_of(const Request& request, const std::string& list) {
  Parameters parameters(request);
  HistoryFilter filter;
  static_cast<projections::Slice&>(filter) = read_slice(parameters, request, list);
  filter.transfer = read_transfer_filter(parameters, request);
  filter.side = read_side(parameters);
  const auto ledgers = read_numbers<LedgerId>(parameters, "ledger", 0xffffffff);
  if (!ledgers.empty()) filter.transfer.ledgers = ledgers;
  if (!parameters.right()) return tl::unexpected(parameters.problem());
  return filter;
}

// An account's transfers are all of its own ledger.
bool elsewhere(const HistoryFilter& filter, const Account& account) {
  const auto& ledgers = filter.transfer.ledgers;
  return ledgers && std::find(ledgers->begin(), ledgers->end(), account.ledger) == ledgers->end();
}

template <class Row>
Response page(const Request& request, const Answer<Page<Row>>& answer, const std::string& list) {
  return at_position(request, answer.at, list_of(answer.value, list));
}

Answered transfers(const QueryPorts& ports, const Request& request, const Client& client) {
  const std::string list = list_name(request, "transfers");
  const auto filter = filter_of(request, list);
  if (!filter) return tl::unexpected(filter.error());
  const auto account = granted_account(ports, request, client);
  if (!account) return tl::unexpected(account.error());
  if (elsewhere(*filter, account->value.account))
    return page(request, Answer<Page<projections::TransferRow>>{{}, account->at}, list);
  const auto found =
      value_of(ports.history.account_transfers(request.auth.book, account->value.account.id, *filter));
  if (!found) return tl::unexpected(found.error());
  return page(request, *found, list);
}

// Only an import that lies before the expiry of a hold can make a balance of the past that large.
Problem balance_too_large(Timestamp at) {
  return {ProblemCode::balance_too_large,
          "At the timestamp " + to_string(at) +
              " a balance of the account was over 2^128-1, which cannot be told. Ask for other moments."};
}

Answered balances(const QueryPorts& ports, const Request& request, const Client& client) {
  const std::string list = list_name(request, "balances");
  const auto filter = filter_of(request, list);
  if (!filter) return tl::unexpected(filter.error());
  const auto account = granted_account(ports, request, client);
  if (!account) return tl::unexpected(account.error());
  if (elsewhere(*filter, account->value.account))
    return page(request, Answer<Page<projections::BalanceRow>>{{}, account->at}, list);
  const auto found =
      value_of(ports.history.account_balances(request.auth.book, account->value.account.id, *filter));
  if (!found) return tl::unexpected(found.error());
  for (const projections::BalanceRow& row : found->value.rows)
    if (!row.balances) return tl::unexpected(balance_too_large(row.timestamp));
  return page(request, *found, list);
}

// The account as it stood at a moment: what has that timestamp or an earlier one. Limits and metadata have no
// past, so that it tells neither.
Answered one_then(const QueryPorts& ports, const Request& request, Account account, Timestamp at) {
  if (at < account.timestamp)
    return tl::unexpected(Problem{
        ProblemCode::account_not_yet_created,
        "The account did not exist at that moment; its timestamp is " + to_string(account.timestamp) + "."});
  if ((account.flags & account_flags::history) == 0)
    return tl::unexpected(Problem{
        ProblemCode::history_not_kept,
        "Past balances are kept for accounts that were created with the flag history; this one was not."});
  const auto moment = value_of(ports.transactions.whole_moment(request.auth.book, at));
  if (!moment) return tl::unexpected(moment.error());
  const auto past = value_of(ports.history.balances_at(request.auth.book, account.id, moment->value));
  if (!past) return tl::unexpected(past.error());
  const BalancesAt stood = past->value.value_or(BalancesAt{});
  if (!stood.balances) return tl::unexpected(balance_too_large(at));
  account.balances = *stood.balances;
  account.flags &= static_cast<std::uint16_t>(~account_flags::closed);
  if (stood.closed) account.flags |= account_flags::closed;
  json::Writer out;
  write(out, account);
  return at_position(request, past->at, out.take());
}

Answered one(const QueryPorts& ports, const Request& request, const Client& client) {
  Parameters parameters(request);
  const auto at = parameters.timestamp("at");
  if (!parameters.right()) return tl::unexpected(parameters.problem());
  const auto found = granted_account(ports, request, client);
  if (!found) return tl::unexpected(found.error());
  if (at) return one_then(ports, request, found->value.account, *at);
  json::Writer out;
  write(out, found->value);
  return at_position(request, found->at, out.take());
}

}  // namespace

void bind_account_queries(Router& router, const QueryPorts& ports) {
  router.bind("getAccount", [&ports](RequestPtr request, Reply reply) {
    std::vector<projections::Progress*> models{&ports.balances};
    if (request->parameter("at")) models.insert(models.end(), {&ports.history, &ports.transactions});
    read(ports, std::move(models), request, reply,
         [&ports](const Request& asked, const Client& client) { return one(ports, asked, client); });
  });
  bind_question(router, ports, "listAccountTransfers", {&ports.balances, &ports.history}, transfers);
  bind_question(router, ports, "listAccountBalances", {&ports.balances, &ports.history}, balances);
}

}  // namespace florin::gateway
