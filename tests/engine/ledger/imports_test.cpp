// Imports: items with the timestamps of another day.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

// Imports come before anything is created, so these start with an empty book.
class NewBook : public Bank {
 public:
  explicit NewBook(Memory memory = Memory::cold) : Bank(memory) {
    book = BookId{2};
    REQUIRE(answers({imported(account(Bank::alice), 100), imported(account(Bank::bob), 110)}) ==
            "created, created");
  }
};

TEST_CASE("given a past timestamp, an imported account has it") {
  NewBook bank;
  const auto events = bank.create(std::vector{imported(account(50), 120)});
  CHECK(result(events[0]).status == "created");
  CHECK(result(events[0]).timestamp == Timestamp{120});
  CHECK(events[0].time > Timestamp{120});
  CHECK(bank.account_row(50).timestamp == Timestamp{120});
  CHECK(bank.account_row(50).flags == on_account::imported);
}

TEST_CASE("given a batch, its first item says whether it is an import") {
  NewBook bank;
  CHECK(bank.answers({imported(account(50), 120), account(51)}) == "created, imported_event_expected");
  CHECK(bank.answers({account(51), imported(account(52), 130)}) == "created, imported_event_not_expected");
  const Transfer pay = transfer(1, Bank::alice, Bank::bob, 1);
  CHECK(bank.answers({imported(pay, 140), pay}) == "created, imported_event_expected");
  CHECK(bank.answers({with(pay, [](Transfer& t) { t.id.value = 2; }), imported(pay, 150)}) ==
        "created, imported_event_not_expected");
}

TEST_CASE("given a timestamp out of its range or not in the past, an import is refused") {
  NewBook bank;
  for (const std::uint64_t wrong : {std::uint64_t{0}, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    CHECK(bank.answer(imported(account(50), wrong)) == "imported_event_timestamp_out_of_range");
    CHECK(bank.answer(imported(transfer(1, Bank::alice, Bank::bob, 1), wrong)) ==
          "imported_event_timestamp_out_of_range");
  }
  CHECK(bank.answer(imported(account(50), timestamp_max)) == "imported_event_timestamp_must_not_advance");
  // A batch's time is that of its last item.
  const std::uint64_t batch_time = bank.time.peek().value + 1;
  CHECK(bank.answers({imported(account(50), batch_time - 1), imported(account(51), batch_time)}) ==
        "created, imported_event_timestamp_must_not_advance");
  CHECK(bank.answer(imported(transfer(1, Bank::alice, Bank::bob, 1), bank.time.peek().value)) ==
        "imported_event_timestamp_must_not_advance");
}

TEST_CASE(
    "given imported accounts, their order must be that of their timestamps, apart from the transfers'") {
  NewBook bank;
  CHECK(bank.answer(imported(account(50), 110)) == "imported_event_timestamp_must_not_regress");
  CHECK(bank.answer(imported(account(50), 109)) == "imported_event_timestamp_must_not_regress");
  REQUIRE(bank.answer(imported(transfer(1, Bank::alice, Bank::bob, 1), 200)) == "created");
  CHECK(bank.answer(imported(account(50), 200)) == "imported_event_timestamp_must_not_regress");
  CHECK(bank.answer(imported(account(50), 199)) == "created");
}

TEST_CASE("given imported transfers, their order must be that of their timestamps, and no account's") {
  NewBook bank;
  const Transfer pay = transfer(1, Bank::alice, Bank::bob, 1);
  REQUIRE(bank.answer(imported(account(50), 300)) == "created");
  CHECK(bank.answer(imported(pay, 300)) == "imported_event_timestamp_must_not_regress");
  CHECK(bank.answer(imported(pay, 299)) == "created");
  const Transfer next = transfer(2, Bank::alice, Bank::bob, 1);
  CHECK(bank.answer(imported(next, 299)) == "imported_event_timestamp_must_not_regress");
  CHECK(bank.answer(imported(next, 298)) == "imported_event_timestamp_must_not_regress");
  CHECK(bank.answer(imported(pay, 299)) == "exists");
}

TEST_CASE("given an account created live, later imports must be later") {
  NewBook bank;
  REQUIRE(bank.answer(account(50)) == "created");
  CHECK(bank.answer(imported(account(51), 500)) == "imported_event_timestamp_must_not_regress");
}

TEST_CASE("given an imported transfer, both of its accounts must be older than it") {
  NewBook bank;
  const Transfer pay = transfer(1, Bank::alice, Bank::bob, 1);
  CHECK(bank.answer(imported(transfer(1, Bank::bob, Bank::alice, 1), 105)) ==
        "imported_event_timestamp_must_postdate_debit_account");
  CHECK(bank.answer(imported(pay, 105)) == "imported_event_timestamp_must_postdate_credit_account");
  CHECK(bank.answer(imported(pay, 111)) == "created");
}

TEST_CASE("given an imported hold, it has no timeout") {
  NewBook bank;
  CHECK(bank.answer(imported(hold(1, Bank::alice, Bank::bob, 1, 1), 200)) ==
        "imported_event_timeout_must_be_zero");
  CHECK(bank.answer(imported(hold(1, Bank::alice, Bank::bob, 1), 200)) == "created");
  CHECK(bank.answer(imported(post(2, 1), 200)) == "imported_event_timestamp_must_not_regress");
  CHECK(bank.answer(imported(post(2, 1), 201)) == "created");
  CHECK(bank.transfer_row(2).transfer.timestamp == Timestamp{201});
}

TEST_CASE("given a live hold with a timeout, an imported post settles it like any other") {
  for (const bool posts : {true, false}) {
    NewBook bank;
    REQUIRE(bank.answer(hold(1, Bank::alice, Bank::bob, 30, 10)) == "created");
    bank.pass_s(1);
    const std::uint64_t past = bank.transfer_row(1).transfer.timestamp.value + 5;
    CHECK(bank.answer(imported(posts ? post(2, 1) : void_hold(2, 1), past)) == "created");
    CHECK(bank.status(1) == (posts ? PendingStatus::posted : PendingStatus::voided));
    bank.pass_s(20);
    CHECK(bank.balances(Bank::alice) == (posts ? "0/30 0/0" : "0/0 0/0"));
  }
}

TEST_CASE("given a hold that is over, an imported post from before its end does not revive it") {
  NewBook bank;
  REQUIRE(bank.answer(hold(1, Bank::alice, Bank::bob, 30, 10)) == "created");
  const std::uint64_t past = bank.transfer_row(1).transfer.timestamp.value + 5;
  bank.time.set_stamp({bank.time.previous().value + 11 * ns_per_s});
  CHECK(bank.answer(imported(post(2, 1), past)) == "pending_transfer_expired");
  bank.expire();
  CHECK(bank.answer(imported(post(2, 1), past)) == "pending_transfer_expired");
}

TEST_CASE(
    "given a broken chain of imports, the mark that they set is taken back, and they are told their "
    "timestamps") {
  NewBook bank;
  const auto events =
      bank.create(std::vector{linked(imported(account(50), 150)), imported(account(50), 160)});
  CHECK(Bank::told(events) == "linked_event_failed, exists_with_different_flags");
  CHECK(result(events[0]).timestamp == Timestamp{150});
  CHECK(result(events[1]).timestamp == events[1].time);
  CHECK(bank.answer(imported(account(51), 120)) == "created");
  CHECK(bank.answers({linked(imported(transfer(1, Bank::alice, Bank::bob, 1), 400)),
                      imported(transfer(2, Bank::alice, 999, 1), 401)}) ==
        "linked_event_failed, credit_account_not_found");
  CHECK(bank.answer(imported(transfer(1, Bank::alice, Bank::bob, 1), 130)) == "created");
}

TEST_CASE("given imports in one book, the other books' marks stand apart") {
  NewBook bank;
  bank.book = BookId{3};
  CHECK(bank.answer(imported(account(Bank::alice), 50)) == "created");
}

}  // namespace
}  // namespace florin::ledger::test
