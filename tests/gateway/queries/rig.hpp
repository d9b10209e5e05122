// All queries over read models in memory. Client 5 of book 1 is granted the ledgers 700 and 701; everything
// stands at event 10.
#pragma once

#include "gateway/queries/position.hpp"
#include "gateway/queries/queries.hpp"
#include "tests/gateway/handler_client.hpp"
#include "tests/gateway/queries/models.hpp"

namespace florin::testing {

struct QueriesRig {
  FakeBalances balances;
  FakeAccounts accounts;
  FakeHistory history;
  FakeTransfers transfers;
  FakeTransactions transactions;
  FakeDirectory directory;
  WorkerPool workers{1};
  Sequence head{20};
  QueryPorts ports{balances,     accounts,  history, transfers,
                   transactions, directory, workers, [this] { return head; }};
  Router router{api_endpoints()};

  QueriesRig() {
    bind_queries(router, ports);
    for (ManualProgress* model :
         {static_cast<ManualProgress*>(&balances), static_cast<ManualProgress*>(&accounts),
          static_cast<ManualProgress*>(&history), static_cast<ManualProgress*>(&transfers),
          static_cast<ManualProgress*>(&transactions), static_cast<ManualProgress*>(&directory)})
      model->reach(10);
    directory.known.id = {5};
    directory.known.ledgers = {{700}, {701}};
  }
  Response get(std::string_view target) { return ask(router, {"GET", target}); }
};

// Accounts 1 and 2 are of the ledgers 700 and 800, of which the client is granted the first.
struct TwoLedgersRig : QueriesRig {
  TwoLedgersRig() {
    directory.known.ledgers = {{700}};
    for (const std::uint32_t ledger : {700U, 800U}) {
      Account account;
      account.id = {ledger == 700 ? 1U : 2U};
      account.ledger = {ledger};
      account.code = 7;
      account.balances.credits_posted = amount_max;
      account.flags = account_flags::history | account_flags::linked;
      account.timestamp = {1'795'446'140'819'804'297};
      balances.accounts[account.id.value] = account;
      Transfer transfer;
      transfer.id = {ledger};
      transfer.debit_account_id = {u128_max - 1};
      transfer.amount = {12};
      transfer.ledger = {ledger};
      transfer.flags = transfer_flags::pending;
      transfer.timestamp = {9};
      history.transfers[transfer.id.value] = {transfer, TransferState::pending};
      directory.opened.push_back({{ledger}, "EUR", 2, "n", {3}});
      balances.rows.push_back({{ledger}, 7, 2, {{}, {}, {}, {u128_max, 1}}});
    }
  }

  std::string position(std::uint64_t sequence, std::uint32_t book = 1) {
    return encode_position({{book}, {sequence}});
  }
};

template <class Id>
std::vector<Id> ids(std::initializer_list<typename Id::Value> values) {
  std::vector<Id> made;
  for (const auto value : values) made.push_back({value});
  return made;
}

// The text of the first member with this name, such as a cursor.
inline std::string text_member(const Response& response, const std::string& name) {
  const std::size_t at = response.body.find("\"" + name + "\":\"") + name.size() + 4;
  return response.body.substr(at, response.body.find('"', at) - at);
}

}  // namespace florin::testing
