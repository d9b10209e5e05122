// Balances at past moments: rows of expiries, imports that lie before expiries in time, and a model that adds
// up.
#include "projections/history.hpp"
#include "tests/projections/any_command.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};
constexpr LedgerId euro{700};
constexpr AccountId alice{1}, bob{2};
constexpr std::uint64_t seed = 4711;

Transfer transfer(TransferId id, u128 amount, std::uint16_t flags = 0, TransferId pending = {}) {
  Transfer made;
  made.id = id;
  made.debit_account_id = alice;
  made.credit_account_id = bob;
  made.amount.value = amount;
  made.flags = flags;
  made.pending_id = pending;
  return made;
}

struct PastRig : Rig<HistoryView> {
  BookModel model{book};

  PastRig() {
    log.append({model.open_account(alice, euro, 1, account_flags::history),
                model.open_account(bob, euro, 1, account_flags::history)});
  }
  Timestamp publish(const Event& event) {
    log.append({event});
    return event.time;
  }
  Timestamp pay(const Transfer& made) { return publish(model.transfer(made)); }
  Timestamp import(Transfer made, Timestamp at) {
    made.flags |= transfer_flags::imported;
    made.timestamp = at;
    return pay(made);
  }
  std::optional<BalancesAt> at(AccountId id, std::uint64_t moment) {
    catch_up();
    const auto answer = HostedHistory(*host).balances_at(book, id, {moment});
    REQUIRE(answer);
    CHECK(answer->at == log.tail().position);
    return answer->value;
  }
};

BalancesAt debits(u128 pending, u128 posted, bool closed = false) {
  return {Balances{{pending}, {posted}, {0}, {0}}, closed};
}

}  // namespace

TEST_CASE("given transfers, when balances of a moment are asked for, then its own timestamp counts") {
  PastRig rig;
  rig.start();
  const Timestamp first = rig.pay(transfer({1}, 10));
  rig.model.pass(100);
  const Timestamp second = rig.pay(transfer({2}, 5));
  CHECK(rig.at(alice, 0) == std::nullopt);
  CHECK(rig.at(alice, first.value - 1) == std::nullopt);
  CHECK(rig.at(alice, first.value) == debits(0, 10));
  CHECK(rig.at(alice, second.value - 1) == debits(0, 10));
  CHECK(rig.at(alice, second.value) == debits(0, 15));
  CHECK(rig.at(alice, ~std::uint64_t{0}) == debits(0, 15));
  CHECK(rig.at(bob, first.value)->balances->credits_posted == Amount{10});
  CHECK(HostedHistory(*rig.host).balances_at({8}, alice, second)->value == std::nullopt);
}

TEST_CASE("given an account without history, then there are no balances of the past") {
  PastRig rig;
  rig.start();
  rig.publish(rig.model.open_account({3}, euro, 1));
  Transfer made = transfer({1}, 10, transfer_flags::pending);
  made.debit_account_id = {3};
  rig.pay(made);
  rig.publish(rig.model.expire({1}));
  CHECK(rig.at({3}, rig.model.now()) == std::nullopt);
  CHECK(rig.at(bob, rig.model.now())->balances == Balances{});
}

TEST_CASE(
    "given a hold that expires, then balances and closing end at that moment, and no list shows a row") {
  PastRig rig;
  rig.start();
  const Timestamp held = rig.pay(transfer({1}, 10, transfer_flags::pending | transfer_flags::closing_debit));
  rig.model.pass(50);
  const Timestamp expired = rig.publish(rig.model.expire({1}));
  CHECK(rig.at(alice, held.value) == debits(10, 0, true));
  CHECK(rig.at(alice, expired.value - 1) == debits(10, 0, true));
  CHECK(rig.at(alice, expired.value) == debits(0, 0));
  const HostedHistory query(*rig.host);
  for (const bool descending : {false, true}) {
    HistoryFilter filter;
    filter.descending = descending;
    CHECK(query.account_transfers(book, alice, filter)->value.rows.size() == 1);
    CHECK(query.account_balances(book, alice, filter)->value.rows.size() == 1);
  }
}

// The hold of 10 from 1003 expires; then a payment of 3 is imported that lies between the two in time.
TEST_CASE(
    "given an import that is older than an expiry before it, then both moments tell what had happened") {
  PastRig rig;
  rig.start();
  const Timestamp held = rig.pay(transfer({1}, 10, transfer_flags::pending));
  rig.model.pass(50);
  const Timestamp expired = rig.publish(rig.model.expire({1}));
  SUBCASE("in one batch or two") {}
  SUBCASE("in batches of their own") { rig.catch_up(); }
  const Timestamp past{held.value + 20};
  rig.import(transfer({2}, 3), past);
  CHECK(rig.at(alice, past.value - 1) == debits(10, 0));
  CHECK(rig.at(alice, past.value) == debits(10, 3));
  CHECK(rig.at(alice, expired.value) == debits(0, 3));
  rig.import(transfer({3}, 4), expired);  // at the very moment of the expiry
  CHECK(rig.at(alice, expired.value - 1) == debits(10, 3));
  CHECK(rig.at(alice, expired.value) == debits(0, 7));
  const auto page = HostedHistory(*rig.host).account_balances(book, alice, {});
  REQUIRE(page->value.rows.size() == 3);
  CHECK(page->value.rows[1].balances == debits(10, 3).balances);
  CHECK(page->value.rows[2].balances == debits(10, 7).balances);  // right after the transfer
}

TEST_CASE(
    "given a transfer at the moment of an expiry, when a list is read one by one, then it is not lost") {
  PastRig rig;
  rig.start();
  rig.pay(transfer({1}, 10, transfer_flags::pending));
  rig.model.pass(50);
  rig.import(transfer({2}, 4), rig.publish(rig.model.expire({1})));
  rig.catch_up();
  for (const bool descending : {false, true}) {
    HistoryFilter filter;
    filter.descending = descending;
    filter.limit = 1;
    std::vector<u128> seen;
    do {
      const auto page = HostedHistory(*rig.host).account_transfers(book, alice, filter);
      for (const TransferRow& row : page->value.rows) seen.push_back(row.transfer.id.value);
      filter.cursor = page->value.next;
    } while (filter.cursor);
    CHECK(seen == (descending ? std::vector<u128>{2, 1} : std::vector<u128>{1, 2}));
  }
}

TEST_CASE("given a balance that was over 2^128-1 at a moment, then that moment cannot be told, others can") {
  PastRig rig;
  rig.start();
  const Timestamp held = rig.pay(transfer({1}, u128_max, transfer_flags::pending));
  rig.model.pass(50);
  const Timestamp expired = rig.publish(rig.model.expire({1}));
  rig.import(transfer({2}, 3, transfer_flags::pending), {held.value + 20});
  CHECK(rig.at(alice, held.value) == debits(u128_max, 0));
  CHECK(rig.at(alice, held.value + 20) == BalancesAt{std::nullopt, false});
  CHECK(rig.at(alice, expired.value) == debits(3, 0));
  const auto page = HostedHistory(*rig.host).account_balances(book, alice, {});
  REQUIRE(page->value.rows.size() == 2);
  CHECK(page->value.rows[0].balances == debits(u128_max, 0).balances);
  CHECK(page->value.rows[1].balances == std::nullopt);
}

TEST_CASE("given random commands and back-dated imports, then each moment is the sum of all before it") {
  for (std::uint64_t round = 0; round < 30; ++round) {
    CAPTURE(seed + round);
    Rig<HistoryView> rig;
    BookModel model(book);
    std::mt19937_64 dice(seed + round);
    AnyCommand any(model, dice);
    rig.start();
    for (int record = 0; record < 40; ++record) {
      std::vector<Event> events;
      for (std::uint64_t i = 0; i <= dice() % 8; ++i) events.push_back(any());
      rig.log.append(std::move(events));
      if (dice() % 3 == 0) rig.catch_up();
    }
    rig.catch_up();
    const HostedHistory query(*rig.host);
    std::set<std::uint64_t> moments{0, ~std::uint64_t{0}};
    for (const auto& move : model.moves()) moments.insert({move.at.value - 1, move.at.value});
    for (const auto& [id, account] : model.accounts()) {
      if ((account.flags & account_flags::history) == 0) continue;
      CAPTURE(to_string(id));
      for (const std::uint64_t moment : moments) {
        CAPTURE(moment);
        const auto answer = query.balances_at(book, id, {moment});
        REQUIRE(answer);
        REQUIRE(answer->value == model.balances_at(id, {moment}));
      }
    }
  }
}
