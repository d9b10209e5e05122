// Limits of accounts, metadata, bulks and dry runs.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

using Items = std::vector<BulkItem>;

Available refused_available(const std::vector<Event>& events) {
  return std::get<TransferRefused>(events.at(0).body).available.value();
}

TEST_CASE("given a wallet with 100 and an overdraft of 50, it can spend 150 and not one more") {
  Bank bank;
  CHECK(bank.answer(SetLimits{{Bank::wallet}, {Amount{50}, std::nullopt}}) == "set");
  CHECK(bank.answer(transfer(1, Bank::wallet, Bank::bob, 120)) == "created");
  CHECK(refused_available(bank.create(std::vector{transfer(2, Bank::wallet, Bank::bob, 31)})) ==
        Available{{Bank::wallet}, {30}});
  CHECK(bank.answer(hold(3, Bank::wallet, Bank::bob, 30)) == "created");
  CHECK(bank.answer(transfer(4, Bank::wallet, Bank::bob, 1)) == "exceeds_credits");
}

TEST_CASE("given a balance limit, what would come in beyond it is refused, holds included") {
  Bank bank;
  CHECK(bank.answer(SetLimits{{Bank::wallet}, {std::nullopt, Amount{150}}}) == "set");
  CHECK(bank.answer(hold(1, Bank::cash, Bank::wallet, 40)) == "created");
  CHECK(refused_available(bank.create(std::vector{transfer(2, Bank::cash, Bank::wallet, 11)})) ==
        Available{{Bank::wallet}, {10}});
  CHECK(bank.answer(transfer(3, Bank::cash, Bank::wallet, 10)) == "created");
  CHECK(bank.answer(transfer(4, Bank::wallet, Bank::bob, 101)) == "created");
  CHECK(bank.answer(transfer(5, Bank::cash, Bank::wallet, 101)) == "created");
}

TEST_CASE("given an account without flags, limits work on either side of it") {
  Bank bank;
  CHECK(bank.answer(SetLimits{{Bank::alice}, {Amount{5}, Amount{7}}}) == "set");
  CHECK(bank.answer(transfer(1, Bank::alice, Bank::bob, 6)) == "exceeds_credits");
  CHECK(bank.answer(transfer(2, Bank::bob, Bank::alice, 8)) == "exceeds_debits");
  CHECK(bank.answer(transfer(3, Bank::bob, Bank::alice, 7)) == "created");
  CHECK(bank.answer(transfer(4, Bank::alice, Bank::bob, 12)) == "created");
}

TEST_CASE("given a limit, it can be changed and taken away, but not set below what the account has used") {
  Bank bank;
  REQUIRE(bank.answer(SetLimits{{Bank::wallet}, {Amount{50}, std::nullopt}}) == "set");
  REQUIRE(bank.answer(transfer(1, Bank::wallet, Bank::bob, 130)) == "created");
  CHECK(bank.answer(SetLimits{{Bank::wallet}, {Amount{29}, std::nullopt}}) == "debit_balance_exceeds_limit");
  CHECK(bank.answer(SetLimits{{Bank::wallet}, {}}) ==
        "debit_balance_exceeds_limit");  // back to the flag's zero
  CHECK(bank.answer(SetLimits{{Bank::wallet}, {Amount{30}, std::nullopt}}) == "set");
  CHECK(bank.answer(SetLimits{{Bank::bob}, {std::nullopt, Amount{129}}}) == "credit_balance_exceeds_limit");
  CHECK(bank.answer(SetLimits{{999}, {}}) == "account_not_found");
  CHECK(bank.find_account(Bank::wallet)->limits.debit_balance_max == Amount{30});
}

TEST_CASE("given limits near 2^128, nothing wraps") {
  Bank bank;
  CHECK(bank.answer(SetLimits{{Bank::wallet}, {amount_max, amount_max}}) == "set");
  CHECK(bank.answer(transfer(1, Bank::wallet, Bank::bob, u128_max)) == "created");
  CHECK(bank.answer(transfer(2, Bank::wallet, Bank::bob, 1)) == "overflows_debits_posted");
}

TEST_CASE("given metadata, keys are set, changed and erased, within bounds, on what exists") {
  Bank bank;
  const Target wallet{TargetKind::account, Bank::wallet};
  CHECK(bank.answer(SetMetadata{wallet, {{"name", "Ann"}, {"tier", "1"}}}) == "set");
  const auto events = bank.create(
      Bulk{false, {SetMetadata{wallet, {{"name", std::nullopt}, {"none", std::nullopt}, {"tier", "2"}}}}});
  const auto& set = std::get<MetadataSet>(events.at(0).body);
  REQUIRE(set.changes.size() == 2);
  CHECK(set.changes[0] == MetadataSet::Change{"name", "Ann", std::nullopt});
  CHECK(set.changes[1] == MetadataSet::Change{"tier", "1", "2"});
  CHECK(bank.metadata(TargetKind::account, Bank::wallet) == Metadata{{"tier", "2"}});
  CHECK(bank.answer(SetMetadata{wallet, {{"tier", std::nullopt}}}) == "set");
  CHECK(bank.metadata(TargetKind::account, Bank::wallet).empty());
  CHECK(bank.answer(SetMetadata{{TargetKind::transfer, 9001}, {{"a", "b"}}}) == "set");
  for (const auto kind : {TargetKind::account, TargetKind::transfer, TargetKind::transaction})
    CHECK(bank.answer(SetMetadata{{kind, 999}, {{"a", "b"}}}) == "target_not_found");
}

TEST_CASE("given more keys or bytes than a target may have, the change is refused whole") {
  Bank bank;
  const Target wallet{TargetKind::account, Bank::wallet};
  SetMetadata many{wallet, {}};
  for (int i = 10; i < 42; ++i) many.changes.emplace_back("key" + std::to_string(i), "");
  CHECK(bank.answer(many) == "set");
  CHECK(bank.answer(SetMetadata{wallet, {{"one", "more"}}}) == "too_many_keys");
  CHECK(bank.answer(SetMetadata{wallet, {{"key10", std::string(metadata_bytes_max, 'x')}}}) == "too_long");
  CHECK(bank.answer(SetMetadata{wallet, {{"key10", std::nullopt}, {"one", "more"}}}) == "set");
}

TEST_CASE(
    "given a bulk of mixed kinds, each item stands for itself; linked ones stand with their neighbours") {
  Bank bank;
  CHECK(bank.bulk_answers(Items{account(20), account(21), transfer(1, Bank::alice, 20, 5),
                                linked(transfer(2, Bank::alice, 20, 5)), transfer(3, Bank::wallet, 20, 500),
                                transaction(4, {debit(20, 2), credit(21, 2)}), reversal(5, 4),
                                SetMetadata{{TargetKind::transaction, 4}, {{"note", "test"}}},
                                SetLimits{{21}, {std::nullopt, Amount{10}}}}) ==
        "created, created, created, linked_event_failed, exceeds_credits, created, created, set, set");
  CHECK(bank.balances(20) == "0/2 0/7");
}

TEST_CASE("given an atomic bulk, when one item fails, then nothing of it is done and its id is burnt") {
  Bank bank;
  const auto before = bank.rows;
  CHECK(bank.bulk_answers(
            Items{account(20), SetLimits{{Bank::alice}, {Amount{5}, {}}},
                  transaction(1, {debit(20, 5), credit(Bank::bob, 5)}), hold(2, Bank::bob, Bank::alice, 5, 1),
                  transfer(3, Bank::bob, Bank::alice, 1), transfer(4, Bank::wallet, 20, 101),
                  SetMetadata{{TargetKind::account, 20}, {{"a", "b"}}}},
            true) ==
        "linked_event_failed, linked_event_failed, linked_event_failed, linked_event_failed, "
        "linked_event_failed, "
        "exceeds_credits, linked_event_failed");
  CHECK(bank.rows.size() == before.size() + 1);
  CHECK(bank.answer(transfer(4, Bank::alice, Bank::bob, 1)) == "id_already_failed");
  CHECK(bank.answer(transfer(3, Bank::bob, Bank::alice, 1)) == "created");
}

TEST_CASE("given an atomic bulk, the culprit is the item that failed for a reason of its own") {
  Bank bank;
  CHECK(bank.bulk_answers(
            Items{linked(transfer(1, Bank::alice, Bank::bob, 1)), transfer(2, Bank::wallet, Bank::bob, 101),
                  transfer(3, Bank::wallet, Bank::bob, 102)},
            true) == "linked_event_failed, exceeds_credits, linked_event_failed");
  CHECK(bank.answer(transfer(3, Bank::alice, Bank::bob, 1)) == "created");
  CHECK(bank.bulk_answers(Items{account(30), transfer(5, Bank::alice, 30, 1)}, true) == "created, created");
}

TEST_CASE("given events of a failed atomic bulk, their times ascend and the state can be rebuilt from them") {
  Bank bank;
  const auto events = bank.create(Bulk{true,
                                       {transaction(1, {debit(Bank::alice, 5), credit(Bank::bob, 5)}),
                                        transfer(2, Bank::wallet, Bank::bob, 101), account(31)}});
  REQUIRE(events.size() == 3);
  CHECK(events[0].time < events[1].time);
  CHECK(events[1].time < events[2].time);
}

TEST_CASE(
    "given a failed atomic bulk of imports, what was undone is told its own time, what was not tried engine "
    "time") {
  World past;
  REQUIRE(past.create(std::vector{imported(account(1), 10), imported(account(2), 20)}).size() == 2);
  Transaction early = transaction(1, {debit(1, 5), credit(2, 5)});
  early.flags = transaction_flags::imported;
  early.timestamp.value = 30;
  const auto events =
      past.create(Bulk{true, {early, imported(account(3), 40), account(0), imported(account(4), 50)}});
  REQUIRE(events.size() == 4);
  CHECK(result(events[0]).timestamp == Timestamp{30});
  CHECK(result(events[1]).timestamp == Timestamp{40});
  CHECK(result(events[2]).status == "imported_event_expected");
  CHECK(result(events[3]).timestamp == events[3].time);
}

TEST_CASE("given a dry run, it answers what would happen, and not a row changes") {
  Bank bank;
  const auto before = bank.rows;
  const auto events = bank.preview(
      Bulk{false,
           {transaction(1, {debit(Bank::wallet, 60), credit(Bank::bob, 60)}),
            transfer(2, Bank::wallet, Bank::bob, 41), account(20), hold(3, Bank::alice, Bank::bob, 1, 5)}});
  REQUIRE(events.size() == 5);
  const auto body = [&](std::size_t i) {
    return decode_previewed(std::get<Previewed>(events.at(i).body)).value();
  };
  CHECK(std::get<TransferCreated>(body(1)).debit.balances.debits_posted == Amount{60});
  CHECK(std::get<TransferRefused>(body(2)).available == Available{{Bank::wallet}, {40}});
  CHECK(std::holds_alternative<AccountCreated>(body(3)));
  CHECK(bank.rows == before);
  CHECK(bank.answer(transfer(2, Bank::wallet, Bank::bob, 41)) == "created");  // not even an id was burnt
}

}  // namespace
}  // namespace florin::ledger::test
