// Booking transfers in one phase: what each refusal is for, and which refusals burn the transfer's id.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

TEST_CASE("given two accounts, a transfer debits one and credits the other") {
  Bank bank;
  const auto events = bank.create(std::vector{transfer(1, Bank::alice, Bank::bob, 30)});
  REQUIRE(result(events[0]).status == "created");
  CHECK(result(events[0]).timestamp == events[0].time);
  CHECK(bank.balances(Bank::alice) == "0/30 0/0");
  CHECK(bank.balances(Bank::bob) == "0/0 0/30");
}

TEST_CASE("given an amount of zero, the transfer is booked and moves nothing") {
  Bank bank;
  CHECK(bank.answer(transfer(1, Bank::alice, Bank::bob, 0)) == "created");
  CHECK(bank.balances(Bank::alice) == "0/0 0/0");
}

struct Refusal {
  std::string status;
  Transfer sent;
};

TEST_CASE("given one thing wrong with a new transfer, its refusal names it and does not burn its id") {
  const Transfer good = transfer(1, Bank::alice, Bank::bob, 30);
  const std::vector<Refusal> table{
      {"timestamp_must_be_zero", with(good, [](Transfer& t) { t.timestamp.value = 1; })},
      {"reserved_flag", with(good, [](Transfer& t) { t.flags = 1 << 9; })},
      {"reserved_flag", with(good, [](Transfer& t) { t.flags = 1 << 15; })},
      {"id_must_not_be_zero", with(good, [](Transfer& t) { t.id.value = 0; })},
      {"id_must_not_be_int_max", with(good, [](Transfer& t) { t.id.value = u128_max; })},
      {"debit_account_id_must_not_be_zero", with(good, [](Transfer& t) { t.debit_account_id.value = 0; })},
      {"debit_account_id_must_not_be_int_max",
       with(good, [](Transfer& t) { t.debit_account_id.value = u128_max; })},
      {"credit_account_id_must_not_be_zero", with(good, [](Transfer& t) { t.credit_account_id.value = 0; })},
      {"credit_account_id_must_not_be_int_max",
       with(good, [](Transfer& t) { t.credit_account_id.value = u128_max; })},
      {"accounts_must_be_different",
       with(good, [](Transfer& t) { t.credit_account_id = t.debit_account_id; })},
      {"pending_id_must_be_zero", with(good, [](Transfer& t) { t.pending_id.value = 9001; })},
      {"timeout_reserved_for_pending_transfer", with(good, [](Transfer& t) { t.timeout = 1; })},
      {"closing_transfer_must_be_pending",
       with(good, [](Transfer& t) { t.flags = on_transfer::closing_debit; })},
      {"closing_transfer_must_be_pending",
       with(good, [](Transfer& t) { t.flags = on_transfer::closing_credit; })},
      {"ledger_must_not_be_zero", with(good, [](Transfer& t) { t.ledger.value = 0; })},
      {"ledger_not_open", with(good, [](Transfer& t) { t.ledger.value = 7; })},
      {"code_must_not_be_zero", with(good, [](Transfer& t) { t.code = 0; })},
      {"accounts_must_have_the_same_ledger",
       with(good, [](Transfer& t) { t.credit_account_id.value = Bank::abroad; })},
      {"transfer_must_have_the_same_ledger_as_accounts", with(good, [](Transfer& t) { t.ledger.value = 2; })},
      {"linked_event_chain_open", linked(good)},
  };
  for (const Refusal& row : table) {
    Bank bank;
    CHECK(bank.answer(row.sent) == row.status);
    CHECK(bank.answer(good) == "created");
  }
}

TEST_CASE("given a refusal that another day might not have given, its id is burnt for ever") {
  const std::vector<Refusal> table{
      {"debit_account_not_found", transfer(1, 999, Bank::bob, 30)},
      {"credit_account_not_found", transfer(1, Bank::alice, 999, 30)},
      {"pending_transfer_not_found", post(1, 999)},
      {"debit_account_already_closed", transfer(1, 70, Bank::bob, 30)},
      {"credit_account_already_closed", transfer(1, Bank::bob, 70, 30)},
      {"exceeds_credits", transfer(1, Bank::wallet, Bank::bob, 101)},
      {"exceeds_debits", transfer(1, Bank::bob, Bank::loan, 101)},
  };
  for (const Refusal& row : table) {
    Bank bank;
    REQUIRE(bank.answer(account(70, on_account::closed)) == "created");
    CHECK(bank.answer(row.sent) == row.status);
    CHECK(bank.answer(row.sent) == "id_already_failed");
    CHECK(bank.answer(transfer(1, Bank::alice, Bank::bob, 30)) == "id_already_failed");
  }
}

TEST_CASE("given a burnt id, it is no pending transfer to post") {
  Bank bank;
  REQUIRE(bank.answer(hold(1, Bank::wallet, Bank::bob, 101)) == "exceeds_credits");
  CHECK(bank.answer(post(2, 1)) == "pending_transfer_not_found");
}

TEST_CASE("given a transfer that exists, sending it again tells what differs, or that it exists since when") {
  const Transfer first = with(hold(1, Bank::alice, Bank::bob, 30, 60), [](Transfer& t) {
    t.user_data_128 = 1;
    t.user_data_64 = 2;
    t.user_data_32 = 3;
  });
  const std::vector<Refusal> table{
      {"exists", first},
      {"exists_with_different_flags", with(first, [](Transfer& t) { t.flags = 0; })},
      {"exists_with_different_pending_id", with(first, [](Transfer& t) { t.pending_id.value = 9; })},
      {"exists_with_different_timeout", with(first, [](Transfer& t) { t.timeout = 9; })},
      {"exists_with_different_debit_account_id",
       with(first, [](Transfer& t) { t.debit_account_id.value = 9; })},
      {"exists_with_different_credit_account_id",
       with(first, [](Transfer& t) { t.credit_account_id.value = 9; })},
      {"exists_with_different_amount", with(first, [](Transfer& t) { t.amount.value = 29; })},
      {"exists_with_different_amount", with(first, [](Transfer& t) { t.amount.value = 31; })},
      {"exists_with_different_user_data_128", with(first, [](Transfer& t) { t.user_data_128 = 9; })},
      {"exists_with_different_user_data_64", with(first, [](Transfer& t) { t.user_data_64 = 9; })},
      {"exists_with_different_user_data_32", with(first, [](Transfer& t) { t.user_data_32 = 9; })},
      {"exists_with_different_ledger", with(first, [](Transfer& t) { t.ledger.value = 2; })},
      {"exists_with_different_code", with(first, [](Transfer& t) { t.code = 9; })},
  };
  Bank bank;
  REQUIRE(bank.answer(first) == "created");
  const Timestamp created = bank.transfer_row(1).transfer.timestamp;
  for (const Refusal& row : table) {
    bank.pass_ns(5);
    const auto events = bank.create(std::vector{row.sent});
    CHECK(result(events[0]).status == row.status);
    CHECK(result(events[0]).timestamp == (row.status == "exists" ? created : events[0].time));
  }
}

TEST_CASE("given a post that exists, what it left unsaid counts as what the hold says") {
  const Transfer first_hold = with(hold(1, Bank::alice, Bank::bob, 30), [](Transfer& t) {
    t.user_data_128 = 1;
    t.user_data_64 = 2;
    t.user_data_32 = 3;
  });
  const Transfer first = post(2, 1);
  const std::vector<Refusal> table{
      {"exists", first},
      {"exists", with(first, [](Transfer& t) { t.amount.value = 30; })},
      {"exists", with(first_hold,
                      [&](Transfer& t) {
                        t.id.value = 2;
                        t.pending_id.value = 1;
                        t.flags = first.flags;
                      })},
      {"exists_with_different_flags", void_hold(2, 1)},
      {"exists_with_different_pending_id", post(2, 9001)},
      {"exists_with_different_pending_id", post(2, 999)},
      {"exists_with_different_timeout", with(first, [](Transfer& t) { t.timeout = 1; })},
      {"exists_with_different_debit_account_id",
       with(first, [](Transfer& t) { t.debit_account_id.value = 9; })},
      {"exists_with_different_credit_account_id",
       with(first, [](Transfer& t) { t.credit_account_id.value = 9; })},
      {"exists_with_different_amount", with(first, [](Transfer& t) { t.amount.value = 29; })},
      {"exists_with_different_user_data_128", with(first, [](Transfer& t) { t.user_data_128 = 9; })},
      {"exists_with_different_user_data_64", with(first, [](Transfer& t) { t.user_data_64 = 9; })},
      {"exists_with_different_user_data_32", with(first, [](Transfer& t) { t.user_data_32 = 9; })},
      {"exists_with_different_ledger", with(first, [](Transfer& t) { t.ledger.value = 2; })},
      {"exists_with_different_code", with(first, [](Transfer& t) { t.code = 9; })},
  };
  Bank bank;
  REQUIRE(bank.answer(first_hold) == "created");
  REQUIRE(bank.answer(first) == "created");
  for (const Refusal& row : table) CHECK(bank.answer(row.sent) == row.status);
}

TEST_CASE("given a void that exists, zero means all of the hold") {
  Bank bank;
  REQUIRE(bank.answers({hold(1, Bank::alice, Bank::bob, 30), void_hold(2, 1)}) == "created, created");
  CHECK(bank.answer(void_hold(2, 1)) == "exists");
  CHECK(bank.answer(void_hold(2, 1, 30)) == "exists");
  CHECK(bank.answer(void_hold(2, 1, 29)) == "exists_with_different_amount");
}

}  // namespace
}  // namespace florin::ledger::test
