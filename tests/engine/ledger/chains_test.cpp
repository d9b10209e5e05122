// Linked chains: all of it or nothing.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

const Transfer pay = transfer(1, Bank::alice, Bank::bob, 30);
const Transfer fee = transfer(2, Bank::alice, Bank::cash, 1);
const Transfer too_much = transfer(3, Bank::wallet, Bank::bob, 101);

TEST_CASE("given a chain that holds, all of it is booked") {
  Bank bank;
  CHECK(bank.answers({linked(pay), fee}) == "created, created");
  CHECK(bank.balances(Bank::alice) == "0/31 0/0");
  CHECK(bank.transfer_row(1).transfer.flags == on_transfer::linked);
}

TEST_CASE(
    "given a chain that breaks, nothing of it is booked, each at its own time, and the next item stands "
    "alone") {
  Bank bank;
  const auto before = bank.rows;
  const auto events =
      bank.create({linked(pay), linked(too_much), fee, transfer(4, Bank::alice, Bank::bob, 5)});
  CHECK(Bank::told(events) == "linked_event_failed, exceeds_credits, linked_event_failed, created");
  for (std::size_t i = 0; i < events.size(); ++i) {
    CHECK(events[i].time.value == events[0].time.value + i);
    CHECK(result(events[i]).timestamp == events[i].time);
  }
  CHECK(bank.balances(Bank::alice) == "0/5 0/0");
  CHECK_FALSE(bank.find_transfer(1));
  CHECK(bank.account_row(Bank::wallet) ==
        *decode_account({bank.book, {Bank::wallet}}, before.at(account_key({bank.book, {Bank::wallet}}))));
}

TEST_CASE("given a broken chain, the culprit's id is burnt and the others may be used again") {
  Bank bank;
  REQUIRE(bank.answers({linked(pay), linked(too_much), fee}) ==
          "linked_event_failed, exceeds_credits, linked_event_failed");
  CHECK(bank.answers({pay, too_much, fee}) == "created, id_already_failed, created");
}

TEST_CASE(
    "given a chain that is open at the end of the batch, its last item says so, whatever else is wrong") {
  Bank bank;
  CHECK(bank.answers({linked(pay), linked(fee)}) == "linked_event_failed, linked_event_chain_open");
  CHECK(bank.answers({linked(too_much), linked(fee)}) == "exceeds_credits, linked_event_chain_open");
  CHECK(bank.answers({pay, fee}) == "created, created");
}

TEST_CASE("given something that exists within a chain, the chain breaks") {
  Bank bank;
  REQUIRE(bank.answer(fee) == "created");
  CHECK(bank.answers({linked(pay), fee}) == "linked_event_failed, exists");
}

TEST_CASE("given two chains side by side, each has its own fate") {
  Bank bank;
  CHECK(bank.answers({linked(pay), too_much, linked(transfer(4, Bank::alice, Bank::bob, 5)), fee}) ==
        "linked_event_failed, exceeds_credits, created, created");
}

TEST_CASE("given a chain that holds, posts and closes, breaking it undoes all of that") {
  Bank bank;
  REQUIRE(bank.answer(hold(10, Bank::alice, Bank::bob, 30, 60)) == "created");
  const auto before = bank.rows;
  CHECK(bank.answers({linked(post(11, 10)), linked(hold(12, Bank::alice, Bank::bob, 9, 1)),
                      linked(hold(13, Bank::bob, Bank::cash, 0, 0, on_transfer::closing_debit)),
                      transfer(14, Bank::bob, Bank::cash, 1)}) ==
        "linked_event_failed, linked_event_failed, linked_event_failed, debit_account_already_closed");
  auto after = bank.rows;
  CHECK(after.erase(transfer_id_key({bank.book, {14}})) == 1);  // burnt
  CHECK(after == before);
  CHECK(bank.state().expiries.open().size() == 1);
  CHECK(bank.answer(post(15, 10)) == "created");
}

TEST_CASE("given a chain of accounts that breaks, none is opened") {
  Bank bank;
  CHECK(bank.answers({linked(account(50)), linked(account(50)), account(51)}) ==
        "linked_event_failed, exists, linked_event_failed");
  CHECK_FALSE(bank.find_account(50));
  CHECK(bank.answers({linked(account(50)), account(51)}) == "created, created");
}

TEST_CASE("given a hold and its post in one chain, the post sees the hold") {
  Bank bank;
  CHECK(bank.answers({linked(hold(10, Bank::alice, Bank::bob, 30)), post(11, 10)}) == "created, created");
  CHECK(bank.balances(Bank::alice) == "0/30 0/0");
}

}  // namespace
}  // namespace florin::ledger::test
