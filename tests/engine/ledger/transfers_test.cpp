// Booking transfers in one phase, and the time that an answer tells. (What each refusal is for:
// cases/transfers.txt.)
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

}  // namespace
}  // namespace florin::ledger::test
