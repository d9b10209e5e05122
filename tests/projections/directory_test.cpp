#include "projections/directory.hpp"

#include "tests/projections/rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};

Client make_client(ClientId id, std::string name) {
  Client client;
  client.id = id;
  client.name = std::move(name);
  client.secret_hash.fill(static_cast<std::uint8_t>(id.value));
  client.scopes = scopes::ledger_read | scopes::book_admin;
  client.timestamp = {id.value + 1000};
  return client;
}

Ledger make_ledger(LedgerId id) { return {id, "EUR", 2, "ledger " + to_string(id), {id.value + 5000ull}}; }

struct DirectoryRig : Rig<DirectoryView> {
  void add(EventBody body, BookId in = book) { log.append({Event{{1}, in, 0, std::move(body)}}); }
  Client client(ClientId id) {
    catch_up();
    const auto answer = HostedDirectory(*host).client(book, id);
    REQUIRE(answer);
    REQUIRE(answer->value);
    return *answer->value;
  }
};

}  // namespace

TEST_CASE("given an opened book, then its name is told, and no other book is known") {
  DirectoryRig rig;
  rig.start();
  rig.add(BookOpened{"Savings & Loan"});
  rig.catch_up();
  const HostedDirectory query(*rig.host);
  CHECK(query.book(book)->value == "Savings & Loan");
  CHECK(query.book(book)->at == Sequence{1});
  CHECK(!query.book({8})->value);
}

TEST_CASE("given clients of two books, then each book tells its own, by id") {
  DirectoryRig rig;
  rig.start();
  rig.add(ClientCreated{make_client({5}, "five")});
  rig.add(ClientCreated{make_client({2}, "two")});
  rig.add(ClientCreated{make_client({3}, "elsewhere")}, {8});
  rig.catch_up();
  const HostedDirectory query(*rig.host);
  const auto clients = query.clients(book);
  REQUIRE(clients);
  CHECK(clients->value == std::vector{make_client({2}, "two"), make_client({5}, "five")});
  CHECK(rig.client({5}) == make_client({5}, "five"));
  CHECK(!query.client(book, {3})->value);
  CHECK(query.client({8}, {3})->value);
}

TEST_CASE("given a client, when it is revoked, then only that changes") {
  DirectoryRig rig;
  rig.start();
  rig.add(ClientCreated{make_client({2}, "two")});
  rig.catch_up();
  rig.add(ClientRevoked{{2}});
  Client expected = make_client({2}, "two");
  expected.revoked = true;
  CHECK(rig.client({2}) == expected);
}

TEST_CASE("given a client that opens ledgers, then it is granted them, ascending, once each") {
  DirectoryRig rig;
  SUBCASE("one record after another") { rig.start(); }
  SUBCASE("all in one batch") {}
  rig.add(ClientCreated{make_client({2}, "two")});
  rig.add(LedgerOpened{make_ledger({700}), {2}});
  rig.add(LedgerOpened{make_ledger({300}), {2}});
  rig.add(LedgerOpened{make_ledger({500}), {0}});
  rig.add(LedgerOpened{make_ledger({300}), {2}});
  if (!rig.host) rig.start();
  CHECK(rig.client({2}).ledgers == std::vector<LedgerId>{{300}, {700}});
  const auto ledgers = HostedDirectory(*rig.host).ledgers(book);
  REQUIRE(ledgers);
  CHECK(ledgers->value == std::vector{make_ledger({300}), make_ledger({500}), make_ledger({700})});
}

TEST_CASE("given a client with the grant of every ledger, when it opens one, then it needs no entry") {
  DirectoryRig rig;
  rig.start();
  Client all = make_client({2}, "two");
  all.all_ledgers = true;
  rig.add(ClientCreated{all});
  rig.add(LedgerOpened{make_ledger({700}), {2}});
  CHECK(rig.client({2}) == all);
}

TEST_CASE("given an event that changes a client nobody created, then the view halts and names the client") {
  DirectoryRig rig;
  rig.start();
  rig.add(ClientRevoked{{9}});
  CHECK(rig.halted());
  CHECK(rig.reason().find("client 9") != std::string::npos);
}

TEST_CASE("given refusals and events of other rooms, then they pass without a trace") {
  DirectoryRig rig;
  rig.start();
  rig.add(LedgerRefused{{700}, LedgerStatus::exists, {1}});
  rig.add(CommandRefused{Rejection::client_not_found, 0});
  rig.add(Ticked{}, {});
  rig.catch_up();
  CHECK(HostedDirectory(*rig.host).ledgers(book)->value.empty());
}
