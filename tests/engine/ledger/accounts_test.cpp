// Opening accounts: what each refusal is for.
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

TEST_CASE("given one thing wrong with a new account, its refusal names it") {
  const Account good = account(50);
  const std::vector<Refusal> table{
      {"timestamp_must_be_zero", with(good, [](Account& a) { a.timestamp.value = 1; })},
      {"reserved_field", with(good, [](Account& a) { a.reserved = 1; })},
      {"reserved_flag", with(good, [](Account& a) { a.flags = 1 << 6; })},
      {"reserved_flag", with(good, [](Account& a) { a.flags = 1 << 15; })},
      {"id_must_not_be_zero", with(good, [](Account& a) { a.id.value = 0; })},
      {"id_must_not_be_int_max", with(good, [](Account& a) { a.id.value = u128_max; })},
      {"flags_are_mutually_exclusive", with(good,
                                            [](Account& a) {
                                              a.flags = on_account::debits_must_not_exceed_credits |
                                                        on_account::credits_must_not_exceed_debits;
                                            })},
      {"debits_pending_must_be_zero", with(good, [](Account& a) { a.balances.debits_pending.value = 1; })},
      {"debits_posted_must_be_zero", with(good, [](Account& a) { a.balances.debits_posted.value = 1; })},
      {"credits_pending_must_be_zero", with(good, [](Account& a) { a.balances.credits_pending.value = 1; })},
      {"credits_posted_must_be_zero", with(good, [](Account& a) { a.balances.credits_posted.value = 1; })},
      {"ledger_must_not_be_zero", with(good, [](Account& a) { a.ledger.value = 0; })},
      {"ledger_not_open", with(good, [](Account& a) { a.ledger.value = 7; })},
      {"code_must_not_be_zero", with(good, [](Account& a) { a.code = 0; })},
      {"linked_event_chain_open", linked(good)},
  };
  for (const Refusal& row : table) {
    Bank bank;
    CHECK(bank.answer(row.sent) == row.status);
    CHECK_FALSE(bank.find_account(50));
  }
}

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
