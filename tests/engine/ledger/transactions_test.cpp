// Transactions of many postings, and their reversals.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

const std::vector<Posting> sale{debit(Bank::alice, 100), credit(Bank::bob, 80), credit(Bank::cash, 20)};

TEST_CASE(
    "given a sale of 100 with a fee of 20, when it is posted, then every account has its line and the sum is "
    "0") {
  Bank bank;
  CHECK(bank.answer(transaction(1, sale)) == "created");
  CHECK(bank.balances(Bank::alice) == "0/100 0/0");
  CHECK(bank.balances(Bank::bob) == "0/0 0/80");
  const auto row = bank.find_transaction(1);
  REQUIRE(row);
  CHECK(row->lines.size() == 3);
  CHECK(row->lines[0].posting.ledger == LedgerId{1});
}

TEST_CASE(
    "given a transaction, the transfers that post it have its fields, ids of its own range and times behind "
    "its") {
  Bank bank;
  const auto events =
      bank.create(Bulk{false, {with(transaction(7, sale), [](auto& t) { t.user_data_64 = 5; })}});
  REQUIRE(events.size() == 3);
  const auto& created = std::get<TransactionCreated>(events[0].body);
  CHECK(created.legs == 2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto& leg = std::get<TransferCreated>(events[i + 1].body).transfer;
    CHECK(leg.id == leg_id({7}, i));
    CHECK(leg.timestamp.value == created.transaction.timestamp.value + 1 + i);
    CHECK(leg.user_data_64 == 5);
    CHECK(leg.code == 30);
  }
  CHECK(bank.find_transfer(leg_id({7}, 0).value)->transfer.amount == Amount{80});
}

TEST_CASE(
    "given a wallet with 100, when postings together take 101, then nothing is posted and 100 is told") {
  Bank bank;
  const auto events = bank.create(Bulk{false,
                                       {transaction(1, {credit(Bank::bob, 60), credit(Bank::cash, 41),
                                                        debit(Bank::wallet, 60), debit(Bank::wallet, 41)})}});
  REQUIRE(events.size() == 1);
  const auto& refused = std::get<TransactionRefused>(events[0].body);
  CHECK(refused.status == TransactionStatus::exceeds_credits);
  CHECK(refused.posting == 3);
  CHECK(refused.available == Available{{Bank::wallet}, {100}});
  CHECK(bank.balances(Bank::bob) == "0/0 0/0");
  CHECK(bank.answer(transaction(1, {debit(Bank::alice, 1), credit(Bank::bob, 1)})) == "id_already_failed");
}

TEST_CASE("given two ledgers, each of them must balance by itself") {
  Bank bank;
  REQUIRE(bank.answer(account(7, 0, 2)) == "created");
  const std::vector<Posting> exchange{debit(Bank::alice, 100), credit(Bank::bob, 100),
                                      debit(Bank::abroad, 93), credit(7, 93)};
  CHECK(bank.answer(transaction(1, exchange)) == "created");
  CHECK(bank.answer(transaction(2, {debit(Bank::alice, 100), credit(Bank::abroad, 100)})) ==
        "postings_not_balanced");
}

TEST_CASE("given each way in which a transaction can be wrong, its result says so, in order of precedence") {
  struct Row {
    std::string_view status;
    Transaction sent;
  };
  const auto good = transaction(50, sale);
  const std::vector<Row> table{
      {"timestamp_must_be_zero", with(good, [](auto& t) { t.timestamp.value = 1, t.id.value = 0; })},
      {"imported_event_timestamp_out_of_range", with(good, [](auto& t) { t.flags = 1, t.id.value = 0; })},
      {"imported_event_timestamp_must_not_advance",
       with(good, [](auto& t) { t.flags = 1, t.timestamp.value = timestamp_max, t.id.value = 0; })},
      {"id_must_not_be_zero", with(good, [](auto& t) { t.id.value = 0, t.code = 0; })},
      {"id_must_not_be_int_max", with(good, [](auto& t) { t.id.value = u128_max, t.code = 0; })},
      {"exists_with_different_flags",
       with(transaction(1, {}), [](auto& t) { t.flags = 1, t.timestamp.value = 1; })},
      {"exists_with_different_reversal_of", reversal(2, 3, {debit(Bank::bob, 1)})},
      {"exists_with_different_postings", with(transaction(1, {}), [](auto& t) { t.user_data_128 = 1; })},
      {"exists_with_different_user_data_128",
       with(transaction(1, sale), [](auto& t) { t.user_data_128 = t.user_data_64 = 1; })},
      {"exists_with_different_user_data_64",
       with(transaction(1, sale), [](auto& t) { t.user_data_64 = t.user_data_32 = 1; })},
      {"exists_with_different_user_data_32",
       with(transaction(1, sale), [](auto& t) { t.user_data_32 = 1, t.code = 0; })},
      {"exists_with_different_code", with(transaction(1, sale),
                                          [](auto& t) {
                                            t.code = 0, t.metadata = {{"a", "b"}};
                                          })},
      {"exists_with_different_metadata", with(transaction(1, sale),
                                              [](auto& t) {
                                                t.metadata = {{"a", "b"}};
                                              })},
      {"exists", transaction(1, sale)},
      {"code_must_not_be_zero", with(transaction(51, {}), [](auto& t) { t.code = 0; })},
      {"reversed_transaction_not_found", reversal(52, 999, {debit(0, 1)})},
      {"id_already_failed", reversal(52, 999, {debit(0, 1)})},
      {"account_id_must_not_be_zero", transaction(53, {debit(u128_max, 0), credit(0, 0)})},
      {"account_id_must_not_be_int_max", transaction(53, {debit(u128_max, 0), credit(1, 0)})},
      {"amount_must_not_be_zero", transaction(53, {debit(1, 0), credit(1, 0)})},
      {"account_on_both_sides", transaction(53, {debit(999, 1), credit(999, 1)})},
      {"account_not_found", transaction(53, {debit(1, u128_max), debit(1, u128_max), credit(999, 1)})},
      {"overflows_sum", transaction(54, {debit(1, u128_max), debit(1, 2), credit(2, 1)})},
      {"postings_not_balanced", transaction(54, {debit(1, 2), credit(2, 1)})},
      {"postings_not_balanced", transaction(54, {debit(1, 2)})},
      {"postings_not_balanced", transaction(54, {})},
      {"transfer_id_taken", transaction(60, {debit(Bank::wallet, 500), credit(Bank::bob, 500)})},
      {"account_already_closed", transaction(61, {debit(9, u128_max), credit(Bank::bob, u128_max)})},
      {"overflows_balance", transaction(62, {debit(Bank::cash, u128_max), credit(Bank::loan, u128_max)})},
      {"exceeds_credits", transaction(63, {debit(Bank::wallet, 101), credit(Bank::loan, 101)})},
      {"exceeds_debits", transaction(64, {debit(Bank::bob, 101), credit(Bank::loan, 101)})},
  };
  Bank bank;
  REQUIRE(bank.bulk_answers(
              {transaction(1, sale), reversal(2, 1, {debit(Bank::bob, 1), credit(Bank::alice, 1)}),
               account(9, on_account::closed), with(transfer(1, Bank::alice, Bank::bob, 1), [](auto& t) {
                 t.id = leg_id({60}, 0);
               })}) == "created, created, created, created");
  for (const auto& [status, sent] : table) {
    CAPTURE(status);
    CHECK(bank.answer(sent) == status);
  }
}

TEST_CASE(
    "given several things that stand against it, the order of the postings does not decide what is told") {
  Bank bank;
  REQUIRE(bank.bulk_answers({account(9, on_account::closed), account(7, 0, 2), account(8, 0, 2)}) ==
          "created, created, created");
  CHECK(bank.answer(transaction(1, {debit(Bank::wallet, 500), credit(Bank::cash, 500), debit(Bank::alice, 5),
                                    credit(9, 5)})) == "account_already_closed");
  REQUIRE(bank.answer(transfer(99, Bank::alice, Bank::bob, u128_max)) == "created");
  CHECK(bank.answer(transaction(2, {debit(Bank::wallet, 500), credit(Bank::cash, 500), debit(Bank::alice, 5),
                                    credit(Bank::loan, 5)})) == "overflows_balance");
  const auto events = bank.create(Bulk{
      false, {transaction(3, {debit(7, 1), credit(8, 2), debit(Bank::alice, 1), credit(Bank::cash, 2)})}});
  CHECK(std::get<TransactionRefused>(events.at(0).body).status == TransactionStatus::postings_not_balanced);
  CHECK(std::get<TransactionRefused>(events.at(0).body).posting == 0);
}

TEST_CASE(
    "given a transaction that is refused, it takes one engine time, however many transfers it would be") {
  Bank bank;
  const auto events = bank.create(
      Bulk{false,
           {transaction(1, {credit(Bank::bob, 60), credit(Bank::cash, 60), debit(Bank::wallet, 120)}),
            account(20)}});
  REQUIRE(events.size() == 2);
  CHECK(events[1].time.value == events[0].time.value + 1);
}

TEST_CASE(
    "given an imported transaction, it keeps its time, and its transfers take the nanoseconds behind it") {
  Bank bank;
  const auto at = [](Transaction t, std::uint64_t timestamp) {
    t.flags = transaction_flags::imported;
    t.timestamp.value = timestamp;
    return t;
  };
  World past(Memory::cold);
  REQUIRE(past.create(std::vector{imported(account(1), 10), imported(account(2), 20)}).size() == 2);
  const auto told = [&](const Transaction& t) { return Bank::told(past.create(Bulk{false, {t}})); };
  CHECK(told(at(transaction(1, {debit(1, 5), credit(2, 5)}), 20)) ==
        "imported_event_timestamp_must_not_regress");
  CHECK(told(at(transaction(1, {debit(1, 5), credit(2, 5)}), 15)) ==
        "imported_event_timestamp_must_postdate_account");
  CHECK(told(at(transaction(1, {debit(1, 5), credit(2, 5)}), 30)) == "created");
  CHECK(past.find_transfer(leg_id({1}, 0).value)->transfer.timestamp == Timestamp{31});
  CHECK(told(at(transaction(2, {debit(1, 5), credit(2, 5)}), 31)) ==
        "imported_event_timestamp_must_not_regress");
  CHECK(told(at(transaction(2, {debit(1, 5), credit(2, 5)}), 32)) == "created");
  CHECK(told(at(transaction(2, {debit(1, 5), credit(2, 5)}), 32)) == "exists");
}

TEST_CASE("given a sale, when parts of it are reversed, then never more than the original comes back") {
  Bank bank;
  REQUIRE(bank.answer(transaction(1, sale)) == "created");
  CHECK(bank.answer(reversal(2, 1, {debit(Bank::bob, 30), credit(Bank::alice, 30)})) == "created");
  CHECK(bank.answer(reversal(3, 1, {debit(Bank::bob, 51), credit(Bank::alice, 51)})) ==
        "exceeds_reversed_transaction");
  CHECK(bank.answer(reversal(4, 1, {debit(Bank::alice, 1), credit(Bank::bob, 1)})) ==
        "exceeds_reversed_transaction");  // the same direction takes nothing back
  CHECK(bank.answer(reversal(5, 1)) == "created");
  CHECK(bank.balances(Bank::alice) == "0/100 0/100");
  CHECK(bank.balances(Bank::bob) == "0/80 0/80");
  CHECK(bank.answer(reversal(6, 1)) == "nothing_left_to_reverse");
  CHECK(bank.answer(reversal(7, 5)) == "reversed_transaction_is_reversal");
}

TEST_CASE("given a reversal that is sent again, it exists and moves nothing, whatever is left by now") {
  Bank bank;
  REQUIRE(bank.answer(transaction(1, sale)) == "created");
  REQUIRE(bank.answer(reversal(2, 1)) == "created");
  CHECK(bank.answer(reversal(2, 1)) == "exists");
  CHECK(bank.answer(with(reversal(2, 1), [](auto& t) { t.code = 30; })) == "exists");
  CHECK(bank.answer(with(reversal(2, 1), [](auto& t) { t.code = 31; })) == "exists_with_different_code");
  CHECK(bank.balances(Bank::alice) == "0/100 0/100");
}

TEST_CASE("given a transaction and its whole reversal in one bulk, both are done") {
  Bank bank;
  CHECK(bank.bulk_answers({transaction(1, sale), reversal(2, 1)}) == "created, created");
  CHECK(bank.balances(Bank::alice) == "0/100 0/100");
}

TEST_CASE("given a wallet that has spent what it got, its credit cannot be reversed") {
  Bank bank;
  REQUIRE(bank.answer(transaction(1, {debit(Bank::cash, 50), credit(Bank::wallet, 50)})) == "created");
  REQUIRE(bank.answer(transfer(2, Bank::wallet, Bank::bob, 120)) == "created");
  const auto events = bank.create(Bulk{false, {reversal(3, 1)}});
  CHECK(std::get<TransactionRefused>(events.at(0).body).available == Available{{Bank::wallet}, {30}});
}

TEST_CASE(
    "given a thousand postings on one side, they are posted by 999 transfers, and reversed by as many") {
  Bank bank;
  std::vector<Posting> postings{debit(Bank::cash, 999)};
  for (int i = 0; i < 999; ++i) postings.push_back(credit(Bank::alice, 1));
  const auto events = bank.create(Bulk{false, {transaction(1, postings)}});
  CHECK(events.size() == 1000);
  CHECK(bank.create(Bulk{false, {reversal(2, 1)}}).size() == 1000);
  CHECK(bank.balances(Bank::alice) == "0/999 0/999");
}

}  // namespace
}  // namespace florin::ledger::test
