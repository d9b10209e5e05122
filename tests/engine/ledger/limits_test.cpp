// Limits, overflow, balancing and closing: what the balances allow.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

TEST_CASE("given a wallet with 100, it can spend 100 and not one more") {
  Bank bank;
  CHECK(bank.answer(transfer(1, Bank::wallet, Bank::bob, 101)) == "exceeds_credits");
  CHECK(bank.answer(transfer(2, Bank::wallet, Bank::bob, 100)) == "created");
  CHECK(bank.answer(transfer(3, Bank::wallet, Bank::bob, 1)) == "exceeds_credits");
}

TEST_CASE("given money that is held from a wallet, it is spent; money held for it is not yet received") {
  Bank bank;
  REQUIRE(bank.answer(hold(1, Bank::wallet, Bank::bob, 60)) == "created");
  REQUIRE(bank.answer(hold(2, Bank::cash, Bank::wallet, 500)) == "created");
  CHECK(bank.answer(transfer(3, Bank::wallet, Bank::bob, 41)) == "exceeds_credits");
  CHECK(bank.answer(transfer(4, Bank::wallet, Bank::bob, 40)) == "created");
}

TEST_CASE("given a loan of 100, it can be paid back to 100 and not one more") {
  Bank bank;
  CHECK(bank.answer(transfer(1, Bank::bob, Bank::loan, 101)) == "exceeds_debits");
  CHECK(bank.answer(hold(2, Bank::bob, Bank::loan, 60)) == "created");
  CHECK(bank.answer(transfer(3, Bank::bob, Bank::loan, 41)) == "exceeds_debits");
  CHECK(bank.answer(transfer(4, Bank::bob, Bank::loan, 40)) == "created");
}

TEST_CASE("given sums near 2^128, what would overflow is told and never wraps") {
  struct Row {
    std::string status;
    std::vector<Transfer> before;
    Transfer sent;
  };
  const u128 top = u128_max;
  const std::vector<Row> table{
      {"overflows_debits_pending",
       {hold(1, Bank::alice, Bank::cash, top - 200)},
       hold(9, Bank::alice, Bank::bob, 201)},
      {"overflows_credits_pending",
       {hold(1, Bank::cash, Bank::alice, top - 200)},
       hold(9, Bank::bob, Bank::alice, 201)},
      {"overflows_debits_posted",
       {transfer(1, Bank::alice, Bank::cash, top - 200)},
       transfer(9, Bank::alice, Bank::bob, 201)},
      {"overflows_credits_posted",
       {transfer(1, Bank::cash, Bank::alice, top - 200)},
       transfer(9, Bank::bob, Bank::alice, 201)},
      {"overflows_debits",
       {hold(1, Bank::alice, Bank::cash, top - 200)},
       transfer(9, Bank::alice, Bank::bob, 201)},
      {"overflows_credits",
       {hold(1, Bank::cash, Bank::alice, top - 200)},
       transfer(9, Bank::bob, Bank::alice, 201)},
  };
  for (const Row& row : table) {
    Bank bank;
    REQUIRE(bank.answers(row.before) == "created");
    CHECK(bank.answer(row.sent) == row.status);
    const Transfer fits = with(row.sent, [](Transfer& t) { t.amount.value = 200; });
    CHECK(bank.answer(fits) == "created");
  }
}

TEST_CASE("given engine time late in the 63-bit age, a timeout that would pass its end is refused") {
  Bank bank;
  const std::uint64_t now = timestamp_max - 10 * ns_per_s;
  bank.time.set_stamp({now});
  CHECK(bank.answer(hold(1, Bank::alice, Bank::bob, 1, 10)) == "created");
  CHECK(bank.answer(hold(2, Bank::alice, Bank::bob, 1, 10)) == "overflows_timeout");
  CHECK(bank.answer(hold(3, Bank::alice, Bank::bob, 1, ~std::uint32_t{0})) == "overflows_timeout");
}

TEST_CASE("given a balancing debit, it moves at most what the account has left") {
  Bank bank;
  const auto sweep = [](u128 id, u128 amount) {
    return transfer(id, Bank::wallet, Bank::bob, amount, on_transfer::balancing_debit);
  };
  CHECK(bank.answer(sweep(1, 30)) == "created");
  CHECK(bank.transfer_row(1).transfer.amount == Amount{30});
  CHECK(bank.answer(sweep(2, u128_max)) == "created");
  CHECK(bank.transfer_row(2).transfer.amount == Amount{70});
  CHECK(bank.answer(sweep(3, u128_max)) == "created");
  CHECK(bank.transfer_row(3).transfer.amount == Amount{0});
  CHECK(bank.balances(Bank::wallet) == "0/100 0/100");

  CHECK(bank.answer(sweep(2, u128_max)) == "exists");
  CHECK(bank.answer(sweep(2, 70)) == "exists");
  CHECK(bank.answer(sweep(2, 69)) == "exists_with_different_amount");
}

TEST_CASE(
    "given a balancing credit, it moves at most what the account owes, and both flags the smaller of the "
    "two") {
  Bank bank;
  CHECK(bank.answer(hold(1, Bank::bob, Bank::loan, 80, 0, on_transfer::balancing_credit)) == "created");
  CHECK(bank.transfer_row(1).transfer.amount == Amount{80});
  CHECK(bank.answer(transfer(2, Bank::wallet, Bank::loan, u128_max,
                             on_transfer::balancing_debit | on_transfer::balancing_credit)) == "created");
  CHECK(bank.transfer_row(2).transfer.amount == Amount{20});
}

TEST_CASE("given an overdrawn account, a balancing debit moves zero") {
  Bank bank;
  REQUIRE(bank.answer(transfer(1, Bank::alice, Bank::bob, 10)) == "created");
  CHECK(bank.answer(transfer(2, Bank::alice, Bank::bob, 5, on_transfer::balancing_debit)) == "created");
  CHECK(bank.transfer_row(2).transfer.amount == Amount{0});
}

TEST_CASE("given a closing hold, the account is closed until the hold is voided") {
  Bank bank;
  REQUIRE(bank.answer(hold(1, Bank::alice, Bank::bob, 10)) == "created");
  CHECK(bank.answer(hold(2, Bank::alice, Bank::bob, 0, 0, on_transfer::closing_debit)) == "created");
  CHECK(bank.closed(Bank::alice));
  CHECK_FALSE(bank.closed(Bank::bob));
  CHECK(bank.answer(transfer(3, Bank::alice, Bank::bob, 1)) == "debit_account_already_closed");
  CHECK(bank.answer(transfer(4, Bank::bob, Bank::alice, 1)) == "credit_account_already_closed");
  CHECK(bank.answer(post(5, 1)) == "debit_account_already_closed");
  CHECK(bank.answer(post(6, 2)) == "debit_account_already_closed");
  CHECK(bank.answer(void_hold(7, 1)) == "created");
  CHECK(bank.answer(void_hold(8, 2)) == "created");
  CHECK_FALSE(bank.closed(Bank::alice));
  CHECK(bank.answer(transfer(9, Bank::alice, Bank::bob, 1)) == "created");
}

TEST_CASE("given a closing hold on the credit side with a timeout, its expiry reopens the account") {
  Bank bank;
  REQUIRE(bank.answer(hold(1, Bank::bob, Bank::alice, 10)) == "created");
  CHECK(bank.answer(hold(2, Bank::bob, Bank::alice, 5, 1, on_transfer::closing_credit)) == "created");
  CHECK(bank.closed(Bank::alice));
  CHECK(bank.answer(post(3, 1)) == "credit_account_already_closed");
  bank.pass_s(1);
  CHECK_FALSE(bank.closed(Bank::alice));
  CHECK(bank.balances(Bank::alice) == "0/0 10/0");
  CHECK(bank.answer(post(4, 1)) == "created");
}

TEST_CASE("given a hold that closes both sides, its void reopens both") {
  Bank bank;
  CHECK(bank.answer(hold(1, Bank::alice, Bank::bob, 0, 0,
                         on_transfer::closing_debit | on_transfer::closing_credit)) == "created");
  CHECK(bank.closed(Bank::alice));
  CHECK(bank.closed(Bank::bob));
  CHECK(bank.answer(void_hold(2, 1)) == "created");
  CHECK_FALSE(bank.closed(Bank::alice));
  CHECK_FALSE(bank.closed(Bank::bob));
}

}  // namespace
}  // namespace florin::ledger::test
