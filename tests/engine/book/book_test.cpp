// Books, clients, grants, ledgers and idempotency keys: who may do what, and what a repeated call gets.
#include <doctest/doctest.h>

#include "engine/book/decide.hpp"

namespace florin::book {
namespace {

constexpr BookId book{1};
constexpr ClientId robot{42};

CommandHeader by_client(std::uint32_t version = 1) {
  CommandHeader header;
  header.book = book;
  header.principal = {PrincipalKind::client, robot.value};
  header.credential_version = version;
  return header;
}
CommandHeader by_operator() {
  CommandHeader header;
  header.book = book;
  header.principal = {PrincipalKind::operator_, 0};
  return header;
}

void apply(State& state, EventBody body, std::uint64_t time = 1) {
  book::apply(state, Event{{time}, book, 0, std::move(body)});
}

Client client_with(std::uint16_t scopes, std::vector<LedgerId> ledgers = {}) {
  Client client;
  client.id = robot;
  client.name = "robot";
  client.scopes = scopes;
  client.ledgers = std::move(ledgers);
  return client;
}

State open_book() {
  State state;
  apply(state, BookOpened{"Book"});
  return state;
}

const Ledger euro{{700}, "EUR", 2, "Euro", {}};
const Command write_command{by_client(), CreateAccounts{}};

}  // namespace

TEST_CASE(
    "a command is refused for the first thing that is missing: book, client, standing, credential, scope") {
  State state;
  CHECK(authorize(state, write_command) == Rejection::book_not_open);
  apply(state, BookOpened{"Book"});
  CHECK(authorize(state, write_command) == Rejection::client_unknown);
  apply(state, ClientCreated{client_with(scopes::ledger_read)});
  CHECK(authorize(state, write_command) == Rejection::scope_missing);
  CHECK(authorize(state, {by_client(2), CreateAccounts{}}) == Rejection::credential_outdated);
  CHECK(authorize(state, {by_client(), OpenBook{"Mine"}}) == Rejection::scope_missing);
  apply(state, ClientRevoked{robot});
  CHECK(authorize(state, write_command) == Rejection::client_revoked);
}

TEST_CASE("a client with the scope and the operator may write; the system may not give a client's command") {
  State state = open_book();
  apply(state, ClientCreated{client_with(scopes::ledger_write)});
  CHECK_FALSE(authorize(state, write_command).has_value());
  CHECK_FALSE(authorize(state, {by_operator(), CreateAccounts{}}).has_value());
  CommandHeader system = by_operator();
  system.principal.kind = PrincipalKind::system;
  CHECK(authorize(state, {system, CreateAccounts{}}) == Rejection::client_unknown);
}

TEST_CASE("a book opens once") {
  State state;
  CHECK(std::holds_alternative<BookOpened>(decide_open_book(state, by_operator(), {"Book"})));
  apply(state, BookOpened{"Book"});
  CHECK(decide_open_book(state, by_operator(), {"Book"}) ==
        EventBody{CommandRefused{Rejection::book_already_open, 0}});
}

TEST_CASE("partition 0 places a book once, on another partition, and does not open it itself") {
  State state;
  const PlaceBook placed{"Book", {2}};
  CHECK(decide_place_book(state, by_operator(), placed, {1}) ==
        EventBody{CommandRefused{Rejection::partition_wrong, 0}});
  CHECK(decide_place_book(state, by_operator(), {"Book", {0}}, {0}) ==
        EventBody{CommandRefused{Rejection::partition_wrong, 0}});
  CHECK(decide_place_book(state, by_operator(), placed, {0}) == EventBody{BookPlaced{"Book", {2}}});
  apply(state, BookPlaced{"Book", {2}});
  const EventBody known{CommandRefused{Rejection::book_already_open, 0}};
  CHECK(decide_place_book(state, by_operator(), placed, {0}) == known);
  CHECK(decide_open_book(state, by_operator(), {"Book"}) == known);
  CHECK(authorize(state, {by_operator(), CreateAccounts{}}) == Rejection::book_not_open);
}

TEST_CASE("a client is created once, with version 1 and not revoked, and revoked once") {
  State state = open_book();
  Client asked = client_with(scopes::all);
  asked.version = 9;
  asked.revoked = true;
  const EventBody created = decide_create_client(state, by_operator(), {asked}, {5});
  REQUIRE(std::holds_alternative<ClientCreated>(created));
  const Client& client = std::get<ClientCreated>(created).client;
  CHECK(client.version == 1);
  CHECK_FALSE(client.revoked);
  CHECK(client.timestamp == Timestamp{5});
  apply(state, created);
  CHECK(decide_create_client(state, by_operator(), {asked}, {6}) ==
        EventBody{CommandRefused{Rejection::client_already_exists, 0}});
  apply(state, decide_revoke_client(state, by_operator(), {robot}));
  CHECK(decide_revoke_client(state, by_operator(), {robot}) ==
        EventBody{CommandRefused{Rejection::client_revoked, 0}});
  CHECK(decide_revoke_client(state, by_operator(), {ClientId{1}}) ==
        EventBody{CommandRefused{Rejection::client_not_found, 0}});
}

TEST_CASE(
    "a ledger opens once; the same again exists, with the first timestamp; another with the same id says "
    "what differs") {
  State state = open_book();
  const EventBody opened = decide_open_ledger(state, by_operator(), euro, {10});
  REQUIRE(std::holds_alternative<LedgerOpened>(opened));
  apply(state, opened, 10);
  const auto again = [&](const Ledger& ledger) {
    return std::get<LedgerRefused>(decide_open_ledger(state, by_operator(), ledger, {20}));
  };
  CHECK(again(euro) == LedgerRefused{euro.id, LedgerStatus::exists, {10}});
  CHECK(again({euro.id, "USD", 3, "Dollar", {}}).status == LedgerStatus::exists_with_different_currency);
  CHECK(again({euro.id, "EUR", 3, "Dollar", {}}).status == LedgerStatus::exists_with_different_exponent);
  CHECK(again({euro.id, "EUR", 2, "Dollar", {}}) ==
        LedgerRefused{euro.id, LedgerStatus::exists_with_different_name, {20}});
  CHECK(again({{0}, "EUR", 2, "Euro", {}}).status == LedgerStatus::id_must_not_be_zero);
}

TEST_CASE("a client that opens a ledger is granted it, and only then may write to it") {
  State state = open_book();
  apply(state, ClientCreated{client_with(scopes::all, {{900}})});
  apply(state, LedgerOpened{{{800}, "USD", 2, "Dollar", {}}, {}});
  CHECK_FALSE(granted(state, by_client(), {800}));
  Account account;
  account.ledger = {800};
  CHECK(not_granted(state, {by_client(), CreateAccounts{{Account{}, account}}}) ==
        CommandRefused{Rejection::ledger_not_granted, 1});
  apply(state, decide_open_ledger(state, by_client(), euro, {10}));
  CHECK(granted(state, by_client(), euro.id));
  CHECK(state.client(book, robot)->ledgers == std::vector<LedgerId>{{700}, {900}});
  account.ledger = euro.id;
  CHECK_FALSE(not_granted(state, {by_client(), CreateAccounts{{account}}}).has_value());
}

TEST_CASE("items that name a ledger never opened are not refused as a whole: that is the item's own result") {
  State state = open_book();
  apply(state, ClientCreated{client_with(scopes::all)});
  Transfer transfer;
  transfer.ledger = {12345};
  CHECK_FALSE(not_granted(state, {by_client(), CreateTransfers{{transfer}}}).has_value());
}

TEST_CASE("a client whose own grants are full cannot open one more; one with the grant of all can") {
  State state = open_book();
  Client client = client_with(scopes::all);
  for (std::uint32_t id = 1; id <= 1000; ++id) client.ledgers.push_back({id});
  apply(state, ClientCreated{client});
  const Ledger next{{5000}, "EUR", 2, "Euro", {}};
  CHECK(std::get<LedgerRefused>(decide_open_ledger(state, by_client(), next, {1})).status ==
        LedgerStatus::too_many_ledgers);
  client.all_ledgers = true;
  apply(state, ClientCreated{client});
  CHECK(std::holds_alternative<LedgerOpened>(decide_open_ledger(state, by_client(), next, {1})));
}

TEST_CASE(
    "an idempotency key repeats the first answer for the same body, refuses another, and is forgotten after "
    "7 days") {
  State state = open_book();
  CommandHeader header = by_client();
  CHECK_FALSE(repeated(state, header, {1}).has_value());  // no key was given
  header.keyed = {{{7}, {}}};
  header.keyed[0].fingerprint.fill(1);
  state.keys.load({book, header.keyed[0].id}, std::nullopt);
  CHECK_FALSE(repeated(state, header, {1}).has_value());
  remember(state, header, {100}, 3, {1});
  CHECK(std::get<CommandRepeated>(*repeated(state, header, {2})) == CommandRepeated{{100}, 3});
  CHECK(repeated(state, header, {1 + key_retention_ns}).has_value());
  CHECK_FALSE(repeated(state, header, {2 + key_retention_ns}).has_value());
  header.keyed[0].fingerprint.fill(2);
  CHECK(std::get<CommandRefused>(*repeated(state, header, {2})).reason == Rejection::idempotency_key_reused);
}

TEST_CASE(
    "given a call whose key is hashed under several secrets, then it is known by each of them from then on") {
  State state = open_book();
  const auto keyed_by = [](std::initializer_list<std::uint8_t> secrets, std::uint8_t body = 1) {
    CommandHeader header = by_client();
    for (const std::uint8_t secret : secrets) {
      header.keyed.push_back({{secret}, {}});
      header.keyed.back().fingerprint.fill(static_cast<std::uint8_t>(secret * 16 + body));
    }
    return header;
  };
  for (const unsigned id : {1u, 2u, 3u}) state.keys.load({book, {id}}, std::nullopt);
  remember(state, keyed_by({1}), {100}, 1, {1});
  CHECK_FALSE(repeated(state, keyed_by({2}), {2}).has_value());
  // After a rotation: found by the older one, whatever the newest is.
  CHECK(std::get<CommandRepeated>(*repeated(state, keyed_by({2, 1}), {2})) == CommandRepeated{{100}, 1});
  CHECK(std::get<CommandRefused>(*repeated(state, keyed_by({2, 1}, 9), {2})).reason ==
        Rejection::idempotency_key_reused);
  // A first call after the rotation is found by a call that was hashed before it, and by one after the next.
  remember(state, keyed_by({3, 2}), {200}, 1, {2});
  CHECK(std::get<CommandRepeated>(*repeated(state, keyed_by({2}), {3})) == CommandRepeated{{200}, 1});
  CHECK(std::get<CommandRepeated>(*repeated(state, keyed_by({3}), {3})) == CommandRepeated{{200}, 1});
  CHECK_FALSE(repeated(state, keyed_by({2, 3}), {3 + key_retention_ns}).has_value());
}

TEST_CASE("not_after is judged on engine time, and 0 means never") {
  CommandHeader header = by_client();
  CHECK_FALSE(too_late(header, {~std::uint64_t{0}}));
  header.not_after = {100};
  CHECK_FALSE(too_late(header, {100}));
  CHECK(too_late(header, {101}));
}

TEST_CASE("rows that were stored are loaded back as the same state") {
  State state = open_book();
  apply(state, ClientCreated{client_with(scopes::all, {{700}})});
  apply(state, LedgerOpened{euro, {}});
  CommandHeader header = by_client();
  header.keyed = {{{7}, {}}};
  state.keys.load({book, header.keyed[0].id}, std::nullopt);
  remember(state, header, {100}, 3, {1});
  State loaded;
  std::vector<std::pair<Bytes, Bytes>> rows;
  changes(state, [&](const RowChange& row) {
    rows.emplace_back(Bytes(row.key.begin(), row.key.end()), Bytes(row.value->begin(), row.value->end()));
  });
  REQUIRE(rows.size() == 4);
  for (const auto& [key, value] : rows) REQUIRE(load(loaded, key, value).has_value());
  CHECK(loaded.book(book)->name == "Book");
  CHECK(*loaded.client(book, robot) == *state.client(book, robot));
  CHECK(*loaded.ledger(book, euro.id) == euro);
  CHECK(repeated(loaded, header, {2}).has_value());
  CHECK(load(loaded, Bytes{'z'}, std::nullopt).error().code == Errc::format);
  CHECK(load(loaded, Bytes{'a', 0, 0}, std::nullopt).error().code == Errc::format);
  CHECK(load(loaded, rows[0].first, ByteView(rows[0].second).first(1)).error().code == Errc::format);
}

}  // namespace florin::book
