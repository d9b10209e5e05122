// Opening accounts, and the time that an answer tells. (What each refusal is for: cases/accounts.txt.)
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

TEST_CASE("given a well-formed account, it is created at engine time and starts at zero") {
  Bank bank;
  const auto events = bank.create(std::vector{account(50, on_account::history)});
  REQUIRE(result(events[0]).status == "created");
  CHECK(result(events[0]).timestamp == events[0].time);
  CHECK(bank.account_row(50).timestamp == events[0].time);
  CHECK(bank.balances(50) == "0/0 0/0");
}

TEST_CASE("given an account created as closed, nothing can be booked on it") {
  Bank bank;
  CHECK(bank.answer(account(50, on_account::closed)) == "created");
  CHECK(bank.answer(transfer(1, 50, Bank::cash, 1)) == "debit_account_already_closed");
}

struct Refusal {
  std::string status;
  Account sent;
};

TEST_CASE("given an account that exists, sending it again tells what differs, or that it exists since when") {
  const Account first = with(account(50, on_account::history), [](Account& a) {
    a.user_data_128 = 1;
    a.user_data_64 = 2;
    a.user_data_32 = 3;
  });
  const std::vector<Refusal> table{
      {"exists", first},
      {"exists_with_different_flags", with(first, [](Account& a) { a.flags = 0; })},
      {"exists_with_different_user_data_128", with(first, [](Account& a) { a.user_data_128 = 9; })},
      {"exists_with_different_user_data_64", with(first, [](Account& a) { a.user_data_64 = 9; })},
      {"exists_with_different_user_data_32", with(first, [](Account& a) { a.user_data_32 = 9; })},
      {"exists_with_different_ledger", with(first, [](Account& a) { a.ledger.value = 2; })},
      {"exists_with_different_code", with(first, [](Account& a) { a.code = 9; })},
  };
  Bank bank;
  REQUIRE(bank.answer(first) == "created");
  const Timestamp created = bank.account_row(50).timestamp;
  for (const Refusal& row : table) {
    bank.pass_s(1);
    const auto events = bank.create(std::vector{row.sent});
    CHECK(result(events[0]).status == row.status);
    CHECK(result(events[0]).timestamp == (row.status == "exists" ? created : events[0].time));
  }
}

TEST_CASE("given the same account twice in one batch, the second exists") {
  Bank bank;
  CHECK(bank.answers({account(50), account(50)}) == "created, exists");
}

TEST_CASE("given an account of another book with the same id, the two are strangers") {
  Bank bank;
  REQUIRE(bank.answer(account(50)) == "created");
  bank.book = BookId{2};
  CHECK(bank.answer(account(50, 0, 2)) == "created");
  CHECK(bank.answer(transfer(1, 50, Bank::cash, 1)) == "credit_account_not_found");
}

TEST_CASE("given an account that a hold has closed, creating it again differs in flags") {
  Bank bank;
  REQUIRE(bank.answer(hold(1, Bank::alice, Bank::bob, 1, 0, on_transfer::closing_debit)) == "created");
  CHECK(bank.answer(account(Bank::alice)) == "exists_with_different_flags");
  CHECK(bank.answer(account(Bank::alice, on_account::closed)) == "exists");
}

}  // namespace
}  // namespace florin::ledger::test
