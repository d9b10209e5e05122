// Of several things wrong with an item the first in the order of schemas/statuses.hpp is told. Each table
// lists faults in that order; every two that do not touch the same field are put into one item.
#include <functional>

#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

template <class Item>
struct Fault {
  std::string status;
  std::string fields;  // one letter each; faults that share one cannot be in one item
  std::function<void(Item&)> put;
};

template <class Item>
bool together(const Fault<Item>& a, const Fault<Item>& b) {
  return a.fields.find_first_of(b.fields) == std::string::npos;
}

// `ask` gives the answer to an item in a bank of its own.
template <class Item>
void check_pairs(const Item& good, const std::vector<Fault<Item>>& faults,
                 const std::function<std::string(const Item&)>& ask) {
  for (std::size_t first = 0; first < faults.size(); ++first) {
    Item alone = good;
    faults[first].put(alone);
    CHECK(ask(alone) == faults[first].status);
    for (std::size_t second = first + 1; second < faults.size(); ++second) {
      if (!together(faults[first], faults[second])) continue;
      Item both = good;
      faults[first].put(both);
      faults[second].put(both);
      INFO(faults[first].status << " before " << faults[second].status);
      CHECK(ask(both) == faults[first].status);
    }
  }
}

TEST_CASE("given two things wrong with a new account, the first in the order is told") {
  using F = std::vector<Fault<Account>>;
  const F faults{
      {"linked_event_chain_open", "l", [](Account& a) { a.flags |= on_account::linked; }},
      {"timestamp_must_be_zero", "t", [](Account& a) { a.timestamp.value = 1; }},
      {"reserved_field", "r", [](Account& a) { a.reserved = 1; }},
      {"reserved_flag", "f", [](Account& a) { a.flags |= 1 << 6; }},
      {"id_must_not_be_zero", "i", [](Account& a) { a.id.value = 0; }},
      {"id_must_not_be_int_max", "i", [](Account& a) { a.id.value = u128_max; }},
      {"flags_are_mutually_exclusive", "x", [](Account& a) { a.flags |= 6; }},
      {"debits_pending_must_be_zero", "1", [](Account& a) { a.balances.debits_pending.value = 1; }},
      {"debits_posted_must_be_zero", "2", [](Account& a) { a.balances.debits_posted.value = 1; }},
      {"credits_pending_must_be_zero", "3", [](Account& a) { a.balances.credits_pending.value = 1; }},
      {"credits_posted_must_be_zero", "4", [](Account& a) { a.balances.credits_posted.value = 1; }},
      {"ledger_must_not_be_zero", "g", [](Account& a) { a.ledger.value = 0; }},
      {"ledger_not_open", "g", [](Account& a) { a.ledger.value = 7; }},
      {"code_must_not_be_zero", "c", [](Account& a) { a.code = 0; }},
  };
  check_pairs<Account>(account(50), faults, [](const Account& item) { return Bank().answer(item); });
}

TEST_CASE("given two things that differ from an existing account, the first in the order is told") {
  const std::vector<Fault<Account>> faults{
      {"exists_with_different_flags", "f", [](Account& a) { a.flags |= 6; }},
      {"exists_with_different_user_data_128", "1", [](Account& a) { a.user_data_128 = 1; }},
      {"exists_with_different_user_data_64", "2", [](Account& a) { a.user_data_64 = 1; }},
      {"exists_with_different_user_data_32", "3", [](Account& a) { a.user_data_32 = 1; }},
      {"exists_with_different_ledger", "g", [](Account& a) { a.ledger.value = 0; }},
      {"exists_with_different_code", "c", [](Account& a) { a.code = 0; }},
      {"exists", "b", [](Account& a) { a.balances.debits_posted.value = 1; }},
  };
  Bank bank;
  check_pairs<Account>(account(Bank::alice), faults, [&](const Account& item) { return bank.answer(item); });
}

TEST_CASE("given two things wrong with a new transfer, the first in the order is told") {
  using T = Transfer;
  const std::vector<Fault<T>> faults{
      {"linked_event_chain_open", "l", [](T& t) { t.flags |= on_transfer::linked; }},
      {"timestamp_must_be_zero", "t", [](T& t) { t.timestamp.value = 1; }},
      {"reserved_flag", "f", [](T& t) { t.flags |= 1 << 9; }},
      {"id_must_not_be_zero", "i", [](T& t) { t.id.value = 0; }},
      {"id_must_not_be_int_max", "i", [](T& t) { t.id.value = u128_max; }},
      {"id_already_failed", "i", [](T& t) { t.id.value = 80; }},
      {"debit_account_id_must_not_be_zero", "d", [](T& t) { t.debit_account_id.value = 0; }},
      {"debit_account_id_must_not_be_int_max", "d", [](T& t) { t.debit_account_id.value = u128_max; }},
      {"credit_account_id_must_not_be_zero", "c", [](T& t) { t.credit_account_id.value = 0; }},
      {"credit_account_id_must_not_be_int_max", "c", [](T& t) { t.credit_account_id.value = u128_max; }},
      {"accounts_must_be_different", "cd", [](T& t) { t.credit_account_id = t.debit_account_id; }},
      {"pending_id_must_be_zero", "p", [](T& t) { t.pending_id.value = 9001; }},
      {"timeout_reserved_for_pending_transfer", "o", [](T& t) { t.timeout = 1; }},
      {"closing_transfer_must_be_pending", "x", [](T& t) { t.flags |= on_transfer::closing_debit; }},
      {"ledger_must_not_be_zero", "g", [](T& t) { t.ledger.value = 0; }},
      {"ledger_not_open", "g", [](T& t) { t.ledger.value = 7; }},
      {"code_must_not_be_zero", "e", [](T& t) { t.code = 0; }},
      {"debit_account_not_found", "d", [](T& t) { t.debit_account_id.value = 999; }},
      {"credit_account_not_found", "c", [](T& t) { t.credit_account_id.value = 998; }},
      {"accounts_must_have_the_same_ledger", "c", [](T& t) { t.credit_account_id.value = Bank::abroad; }},
      {"transfer_must_have_the_same_ledger_as_accounts", "g", [](T& t) { t.ledger.value = 2; }},
      {"debit_account_already_closed", "d", [](T& t) { t.debit_account_id.value = 70; }},
      {"credit_account_already_closed", "c", [](T& t) { t.credit_account_id.value = 71; }},
      {"overflows_debits_posted", "da",
       [](T& t) { t.debit_account_id.value = Bank::cash, t.amount = amount_max; }},
      {"exceeds_credits", "da", [](T& t) { t.debit_account_id.value = Bank::wallet, t.amount.value = 101; }},
      {"exceeds_debits", "ca", [](T& t) { t.credit_account_id.value = Bank::loan, t.amount.value = 101; }},
  };
  check_pairs<T>(transfer(1, Bank::alice, Bank::bob, 30), faults, [](const T& item) {
    Bank bank;
    REQUIRE(bank.answers({account(70, on_account::closed), account(71, on_account::closed)}) ==
            "created, created");
    REQUIRE(bank.answer(transfer(80, Bank::wallet, Bank::bob, 101)) == "exceeds_credits");
    return bank.answer(item);
  });
}

TEST_CASE("given two things that differ from an existing transfer, the first in the order is told") {
  using T = Transfer;
  const std::vector<Fault<T>> faults{
      {"exists_with_different_flags", "f", [](T& t) { t.flags |= on_transfer::balancing_debit; }},
      {"exists_with_different_pending_id", "p", [](T& t) { t.pending_id.value = 9001; }},
      {"exists_with_different_timeout", "o", [](T& t) { t.timeout = 1; }},
      {"exists_with_different_debit_account_id", "d", [](T& t) { t.debit_account_id.value = 0; }},
      {"exists_with_different_credit_account_id", "c", [](T& t) { t.credit_account_id.value = 0; }},
      {"exists_with_different_amount", "a", [](T& t) { t.amount.value = 1; }},
      {"exists_with_different_user_data_128", "1", [](T& t) { t.user_data_128 = 1; }},
      {"exists_with_different_user_data_64", "2", [](T& t) { t.user_data_64 = 1; }},
      {"exists_with_different_user_data_32", "3", [](T& t) { t.user_data_32 = 1; }},
      {"exists_with_different_ledger", "g", [](T& t) { t.ledger.value = 0; }},
      {"exists_with_different_code", "e", [](T& t) { t.code = 0; }},
  };
  Bank bank;
  check_pairs<T>(transfer(9001, Bank::cash, Bank::wallet, 100), faults,
                 [&](const T& item) { return bank.answer(item); });
}

TEST_CASE("given two things wrong with a post, the first in the order is told") {
  using T = Transfer;
  const std::vector<Fault<T>> faults{
      {"reserved_flag", "f", [](T& t) { t.flags |= 1 << 9; }},
      {"flags_are_mutually_exclusive", "x", [](T& t) { t.flags |= on_transfer::void_pending_transfer; }},
      {"pending_id_must_not_be_zero", "p", [](T& t) { t.pending_id.value = 0; }},
      {"pending_id_must_not_be_int_max", "p", [](T& t) { t.pending_id.value = u128_max; }},
      {"pending_id_must_be_different", "p", [](T& t) { t.pending_id = t.id; }},
      {"timeout_reserved_for_pending_transfer", "o", [](T& t) { t.timeout = 1; }},
      {"ledger_not_open", "g", [](T& t) { t.ledger.value = 7; }},
      {"pending_transfer_not_found", "p", [](T& t) { t.pending_id.value = 999; }},
      {"pending_transfer_not_pending", "p", [](T& t) { t.pending_id.value = 9001; }},
      {"pending_transfer_has_different_debit_account_id", "d", [](T& t) { t.debit_account_id.value = 999; }},
      {"pending_transfer_has_different_credit_account_id", "c",
       [](T& t) { t.credit_account_id.value = 999; }},
      {"pending_transfer_has_different_ledger", "g", [](T& t) { t.ledger.value = 2; }},
      {"pending_transfer_has_different_code", "e", [](T& t) { t.code = 9; }},
      {"exceeds_pending_transfer_amount", "a", [](T& t) { t.amount.value = 31; }},
      {"pending_transfer_already_posted", "p", [](T& t) { t.pending_id.value = 11; }},
      {"pending_transfer_already_voided", "p", [](T& t) { t.pending_id.value = 12; }},
      {"pending_transfer_expired", "p", [](T& t) { t.pending_id.value = 13; }},
      {"debit_account_already_closed", "p", [](T& t) { t.pending_id.value = 14; }},
  };
  check_pairs<T>(post(2, 10), faults, [](const T& item) {
    Bank bank;
    REQUIRE(bank.answer(account(70)) == "created");
    REQUIRE(
        bank.answers({hold(10, Bank::alice, Bank::bob, 30), hold(11, Bank::alice, Bank::bob, 30),
                      hold(12, Bank::alice, Bank::bob, 30), hold(13, Bank::alice, Bank::bob, 30, 1),
                      hold(14, 70, Bank::bob, 30), hold(15, 70, Bank::bob, 0, 0, on_transfer::closing_debit),
                      post(21, 11), void_hold(22, 12)}) ==
        "created, created, created, created, created, created, created, created");
    bank.pass_s(1);
    return bank.answer(item);
  });
}

TEST_CASE("given two things wrong with an imported transfer, the first in the order is told") {
  using T = Transfer;
  const std::vector<Fault<T>> faults{
      {"linked_event_chain_open", "l", [](T& t) { t.flags |= on_transfer::linked; }},
      {"imported_event_expected", "m",
       [](T& t) { t.flags &= static_cast<std::uint16_t>(~on_transfer::imported); }},
      {"imported_event_timestamp_out_of_range", "t", [](T& t) { t.timestamp.value = 0; }},
      {"imported_event_timestamp_must_not_advance", "t", [](T& t) { t.timestamp.value = timestamp_max; }},
      {"reserved_flag", "f", [](T& t) { t.flags |= 1 << 9; }},
      {"code_must_not_be_zero", "e", [](T& t) { t.code = 0; }},
      {"imported_event_timestamp_must_not_regress", "t", [](T& t) { t.timestamp.value = 100; }},
      {"imported_event_timestamp_must_postdate_debit_account", "dt",
       [](T& t) { t.debit_account_id.value = 72, t.timestamp.value = 500; }},
      {"imported_event_timestamp_must_postdate_credit_account", "ct",
       [](T& t) { t.credit_account_id.value = 72, t.timestamp.value = 500; }},
      {"imported_event_timeout_must_be_zero", "o", [](T& t) { t.timeout = 1; }},
      {"debit_account_already_closed", "d", [](T& t) { t.debit_account_id.value = 70; }},
      {"credit_account_already_closed", "c", [](T& t) { t.credit_account_id.value = 71; }},
  };
  check_pairs<T>(imported(hold(1, 50, 51, 30), 600), faults, [](const T& item) {
    Bank bank;
    bank.book = BookId{2};
    REQUIRE(bank.answers({imported(account(50), 100), imported(account(51), 101),
                          imported(account(70, on_account::closed), 102),
                          imported(account(71, on_account::closed), 103), imported(account(72), 550)}) ==
            "created, created, created, created, created");
    REQUIRE(bank.answer(imported(transfer(80, 50, 51, 1), 200)) == "created");
    return Bank::told({bank.create(std::vector{imported(transfer(81, 50, 51, 1), 300), item}).back()});
  });
}

// What two accounts have wrong in their balances, in the last part of the order.
TEST_CASE("given balances that stand against a transfer in two ways, the first in the order is told") {
  const u128 top = u128_max;
  Bank bank;
  const std::uint16_t limited = on_account::debits_must_not_exceed_credits;
  REQUIRE(bank.answers({account(60), account(61), account(62, limited)}) == "created, created, created");
  REQUIRE(bank.answers({hold(100, 60, Bank::alice, top - 200), transfer(101, 61, Bank::bob, top - 200),
                        transfer(102, Bank::bob, 62, 50)}) == "created, created, created");
  CHECK(bank.answer(hold(1, 60, Bank::alice, 201)) == "overflows_debits_pending");
  CHECK(bank.answer(hold(2, 61, Bank::alice, 201)) == "overflows_credits_pending");
  CHECK(bank.answer(transfer(3, 61, Bank::bob, 201)) == "overflows_debits_posted");
  CHECK(bank.answer(transfer(4, 60, Bank::bob, 201)) == "overflows_credits_posted");
  CHECK(bank.answer(transfer(5, 60, Bank::alice, 201)) == "overflows_debits");
  CHECK(bank.answer(transfer(6, 62, Bank::alice, 201)) == "overflows_credits");
  CHECK(bank.answer(transfer(7, 62, Bank::loan, 101)) == "exceeds_credits");
  bank.time.set_stamp({timestamp_max - 10 * ns_per_s});
  CHECK(bank.answer(hold(8, 62, Bank::alice, 201, 60)) == "overflows_credits_pending");
  CHECK(bank.answer(hold(9, 62, Bank::cash, 51, 60)) == "overflows_timeout");
  REQUIRE(bank.answer(hold(103, 61, Bank::cash, 0, 0, on_transfer::closing_debit)) == "created");
  CHECK(bank.answer(transfer(10, 61, Bank::bob, 201)) == "debit_account_already_closed");
}

}  // namespace
}  // namespace florin::ledger::test
