// Two phases: a hold reserves both sides; it ends once, by a post, a void or its timeout.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

TEST_CASE("given a hold, both sides are reserved and nothing is booked") {
  Bank bank;
  CHECK(bank.answer(hold(1, Bank::alice, Bank::bob, 30)) == "created");
  CHECK(bank.balances(Bank::alice) == "30/0 0/0");
  CHECK(bank.balances(Bank::bob) == "0/0 30/0");
  CHECK(bank.status(1) == PendingStatus::pending);
}

TEST_CASE("given a hold, a post of all books it") {
  Bank bank;
  CHECK(bank.answers({hold(1, Bank::alice, Bank::bob, 30), post(2, 1)}) == "created, created");
  CHECK(bank.balances(Bank::alice) == "0/30 0/0");
  CHECK(bank.balances(Bank::bob) == "0/0 0/30");
  CHECK(bank.status(1) == PendingStatus::posted);
  CHECK(bank.transfer_row(2).transfer.amount == Amount{30});
}

TEST_CASE(
    "given a hold, a post of a part books the part and gives the rest back, also when the part is zero") {
  for (const u128 part : {u128{0}, u128{10}}) {
    Bank bank;
    CHECK(bank.answers({hold(1, Bank::alice, Bank::bob, 30), post(2, 1, part)}) == "created, created");
    CHECK(bank.balances(Bank::alice) == "0/" + to_string(part) + " 0/0");
    CHECK(bank.transfer_row(2).transfer.amount == Amount{part});
    CHECK(bank.answer(post(3, 1)) == "pending_transfer_already_posted");
  }
}

TEST_CASE("given a hold, a void gives it back") {
  Bank bank;
  CHECK(bank.answers({hold(1, Bank::alice, Bank::bob, 30), void_hold(2, 1)}) == "created, created");
  CHECK(bank.balances(Bank::alice) == "0/0 0/0");
  CHECK(bank.balances(Bank::bob) == "0/0 0/0");
  CHECK(bank.status(1) == PendingStatus::voided);
}

TEST_CASE("given a post that says little, it is recorded with what the hold says") {
  Bank bank;
  const Transfer first = with(hold(1, Bank::alice, Bank::bob, 30), [](Transfer& t) {
    t.user_data_128 = 1;
    t.user_data_64 = 2;
    t.user_data_32 = 3;
  });
  const Transfer second = with(post(2, 1), [](Transfer& t) { t.user_data_64 = 9; });
  REQUIRE(bank.answers({first, second}) == "created, created");
  const Transfer stored = bank.transfer_row(2).transfer;
  CHECK(stored.debit_account_id == first.debit_account_id);
  CHECK(stored.credit_account_id == first.credit_account_id);
  CHECK(stored.ledger == first.ledger);
  CHECK(stored.code == first.code);
  CHECK(stored.user_data_128 == 1);
  CHECK(stored.user_data_64 == 9);
  CHECK(stored.user_data_32 == 3);
}

TEST_CASE("given a hold with a timeout, it is released on time and not before, in order of due time") {
  Bank bank;
  REQUIRE(bank.answers({hold(1, Bank::alice, Bank::bob, 30, 2), hold(2, Bank::alice, Bank::bob, 5, 1),
                        hold(3, Bank::alice, Bank::bob, 7)}) == "created, created, created");
  const std::uint64_t first_due = bank.transfer_row(2).transfer.timestamp.value + ns_per_s;
  CHECK(next_due(bank.state()) == Timestamp{first_due});

  bank.time.set_stamp({first_due - 1});
  CHECK(bank.expire().empty());
  bank.time.set_stamp({first_due + 2 * ns_per_s});
  const auto events = bank.expire();
  REQUIRE(events.size() == 2);
  CHECK(std::get<TransferExpired>(events[0].body).id == TransferId{2});
  CHECK(std::get<TransferExpired>(events[1].body).id == TransferId{1});
  CHECK(std::get<TransferExpired>(events[1].body).amount == Amount{30});
  CHECK(std::get<TransferExpired>(events[1].body).flags == transfer_flags::pending);
  CHECK(std::get<TransferExpired>(events[1].body).debit.balances.debits_pending == Amount{7});
  CHECK(bank.balances(Bank::alice) == "7/0 0/0");
  CHECK(bank.status(1) == PendingStatus::expired);
  CHECK(next_due(bank.state()) == std::nullopt);
}

TEST_CASE("given more holds due than a record may release, the rest waits, yet none of it can be posted") {
  Bank bank;
  REQUIRE(bank.answers({hold(1, Bank::alice, Bank::bob, 1, 1), hold(2, Bank::alice, Bank::bob, 1, 1),
                        hold(3, Bank::alice, Bank::bob, 1, 1)}) == "created, created, created");
  bank.time.set_stamp({bank.time.previous().value + 5 * ns_per_s});
  CHECK(bank.expire(2).size() == 2);
  CHECK(bank.status(3) == PendingStatus::pending);
  CHECK(bank.answer(post(4, 3)) == "pending_transfer_expired");
  CHECK(bank.expire(2).size() == 1);
  CHECK(bank.status(3) == PendingStatus::expired);
  CHECK(bank.balances(Bank::alice) == "0/0 0/0");
}

TEST_CASE("given a hold that ended early, its timeout does nothing") {
  Bank bank;
  REQUIRE(bank.answers({hold(1, Bank::alice, Bank::bob, 30, 1), post(2, 1)}) == "created, created");
  CHECK(next_due(bank.state()) == std::nullopt);
  bank.pass_s(2);
  CHECK(bank.status(1) == PendingStatus::posted);
  CHECK(bank.balances(Bank::alice) == "0/30 0/0");
}

TEST_CASE("given a post at the very nanosecond that a hold is due, it is too late; one before, it is not") {
  for (const unsigned late : {0u, 1u}) {
    Bank bank;
    REQUIRE(bank.answer(hold(1, Bank::alice, Bank::bob, 30, 1)) == "created");
    bank.time.set_stamp({bank.transfer_row(1).transfer.timestamp.value + ns_per_s - 1 + late});
    CHECK(bank.answer(post(2, 1)) == (late == 1 ? "pending_transfer_expired" : "created"));
  }
}

}  // namespace
}  // namespace florin::ledger::test
