#include "projections/balances.hpp"

#include "tests/projections/rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};
constexpr LedgerId euro{700};
constexpr AccountId cash{1}, alice{2}, bob{3};
constexpr std::uint16_t code_asset = 10, code_wallet = 20;

struct BalancesRig : Rig<BalancesView> {
  BookModel model{book};

  // A cash account and two wallets.
  void open_accounts() {
    log.append({model.open_account(cash, euro, code_asset), model.open_account(alice, euro, code_wallet),
                model.open_account(bob, euro, code_wallet)});
  }
  void pay(TransferId id, AccountId from, AccountId to, u128 amount, std::uint16_t flags = 0,
           TransferId pending = {}) {
    Transfer made;
    made.id = id;
    made.debit_account_id = from;
    made.credit_account_id = to;
    made.amount.value = amount;
    made.flags = flags;
    made.pending_id = pending;
    log.append({model.transfer(made)});
  }
  Account account(AccountId id) {
    catch_up();
    const auto answer = HostedBalances(*host).account(book, id);
    REQUIRE(answer);
    REQUIRE(answer->value);
    CHECK(answer->at == log.tail().position);
    return answer->value->account;
  }
  Limits limits(AccountId id) {
    catch_up();
    return HostedBalances(*host).account(book, id)->value->limits;
  }
  std::vector<TrialBalanceRow> trial() {
    catch_up();
    const auto answer = HostedBalances(*host).trial_balance(book);
    REQUIRE(answer);
    CHECK(answer->at == log.tail().position);
    return answer->value;
  }
};

Balances balances(u128 debits_pending, u128 debits_posted, u128 credits_pending, u128 credits_posted) {
  return {{debits_pending}, {debits_posted}, {credits_pending}, {credits_posted}};
}

// The sums by (ledger, code), the slow way.
void check_trial(const std::vector<TrialBalanceRow>& rows, const BookModel& model) {
  std::map<std::pair<LedgerId, std::uint16_t>, TrialBalanceRow> expected;
  for (const auto& [id, account] : model.accounts()) {
    TrialBalanceRow& row = expected[{account.ledger, account.code}];
    row.accounts += 1;
    row.sums.debits_pending += {account.balances.debits_pending.value};
    row.sums.debits_posted += {account.balances.debits_posted.value};
    row.sums.credits_pending += {account.balances.credits_pending.value};
    row.sums.credits_posted += {account.balances.credits_posted.value};
  }
  REQUIRE(rows.size() == expected.size());
  auto row = rows.begin();
  for (const auto& [key, sums] : expected) {
    CHECK(std::pair{row->ledger, row->code} == key);
    CHECK(row->accounts == sums.accounts);
    CHECK(row->sums == sums.sums);
    ++row;
  }
}

}  // namespace

TEST_CASE("given a new account, when it is asked for, then it is told as it was created") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  CHECK(rig.account(alice) == rig.model.accounts().at(alice));
}

TEST_CASE("given no such account in the book, then the answer is none, and true at a position") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  rig.catch_up();
  const HostedBalances query(*rig.host);
  CHECK(!query.account(book, {99})->value);
  CHECK(!query.account({8}, alice)->value);
  CHECK(query.account({8}, alice)->at == Sequence{3});
  CHECK(query.trial_balance({8})->value.empty());
}

TEST_CASE(
    "given accounts of two books, then a walk gives all of them in order, with the sums, of one moment") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  rig.pay({1}, cash, alice, 500);
  BookModel other({8}, 2000);
  rig.log.append({other.open_account(alice, euro, code_wallet), other.open_account(cash, euro, code_wallet)});
  rig.catch_up();
  auto walk = HostedBalances(*rig.host).walk();
  REQUIRE(walk);
  CHECK(walk->at() == rig.log.tail().position);
  rig.pay({2}, cash, alice, 100);
  rig.catch_up();
  std::vector<std::pair<BookId, AccountId>> found;
  for (auto row = walk->next(); row->has_value(); row = walk->next()) {
    found.emplace_back((*row)->book, (*row)->account.id);
    if (found.size() == 2) CHECK((*row)->account.balances == balances(0, 0, 0, 500));
  }
  const BookId second{8};
  CHECK(found == std::vector<std::pair<BookId, AccountId>>{
                     {book, cash}, {book, alice}, {book, bob}, {second, cash}, {second, alice}});
  const auto trial = walk->trial();
  REQUIRE(trial);
  CHECK(trial->size() == 3);
  CHECK(trial->at({second, euro, code_wallet}).accounts == 2);
  CHECK(trial->at({book, euro, code_asset}).sums.debits_posted == WideSum{500});
}

TEST_CASE("given a transfer, then both accounts tell the balances that the event carries") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  rig.pay({1}, cash, alice, 500);
  CHECK(rig.account(cash).balances == balances(0, 500, 0, 0));
  CHECK(rig.account(alice).balances == balances(0, 0, 0, 500));
  CHECK(rig.account(alice).user_data_64 == 14);
}

TEST_CASE(
    "given a pending transfer, when it is posted in part, voided or expires, then accounts and sums follow") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  rig.pay({1}, cash, alice, 500, transfer_flags::pending);
  CHECK(rig.account(alice).balances == balances(0, 0, 500, 0));
  check_trial(rig.trial(), rig.model);
  SUBCASE("posted in part") {
    rig.pay({2}, {}, {}, 200, transfer_flags::post_pending_transfer, {1});
    CHECK(rig.account(alice).balances == balances(0, 0, 0, 200));
  }
  SUBCASE("voided") {
    rig.pay({2}, {}, {}, 0, transfer_flags::void_pending_transfer, {1});
    CHECK(rig.account(alice).balances == balances(0, 0, 0, 0));
  }
  SUBCASE("expired") {
    rig.log.append({rig.model.expire({1})});
    CHECK(rig.account(alice).balances == balances(0, 0, 0, 0));
  }
  check_trial(rig.trial(), rig.model);
}

TEST_CASE("given a transfer that closes an account, then its flags show it") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  Transfer made;
  made.id = {1};
  made.debit_account_id = alice;
  made.credit_account_id = cash;
  made.flags = transfer_flags::pending | transfer_flags::closing_debit;
  Event event = rig.model.transfer(made);
  std::get<TransferCreated>(event.body).debit.flags |= account_flags::closed;
  rig.log.append({event});
  CHECK(rig.account(alice).flags == account_flags::closed);
  CHECK(rig.account(cash).flags == 0);
}

TEST_CASE(
    "given accounts of one batch and of earlier ones, then the trial balance is the sum of the accounts") {
  BalancesRig rig;
  rig.open_accounts();
  rig.pay({1}, cash, alice, 500);
  rig.pay({2}, alice, bob, 200);
  rig.start();
  const auto rows = rig.trial();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].code == code_asset);
  CHECK(rows[0].accounts == 1);
  CHECK(rows[0].sums == difference(balances(0, 500, 0, 0), {}));
  CHECK(rows[1].code == code_wallet);
  CHECK(rows[1].accounts == 2);
  CHECK(rows[1].sums == difference(balances(0, 200, 0, 700), {}));
  rig.host->stop();
  rig.pay({3}, cash, bob, 1);
  rig.start();
  check_trial(rig.trial(), rig.model);
}

TEST_CASE("given two books on one log, then each has its own accounts and sums") {
  BalancesRig rig;
  BookModel other({8}, 1'000'000);
  rig.start();
  rig.open_accounts();
  rig.log.append({other.open_account(alice, euro, code_wallet), other.open_account(bob, euro, code_wallet)});
  rig.pay({1}, cash, alice, 500);
  CHECK(rig.account(alice).balances.credits_posted == Amount{500});
  CHECK(HostedBalances(*rig.host).account({8}, alice)->value->account.balances == Balances{});
  CHECK(HostedBalances(*rig.host).trial_balance({8})->value.size() == 1);
  check_trial(rig.trial(), rig.model);
}

TEST_CASE(
    "given a day of random commands, cut into records and restarts at random, then accounts and sums are "
    "exact") {
  BalancesRig rig;
  std::mt19937_64 dice(20'240'501);
  for (int round = 0; round < 20; ++round) {
    rig.start();
    for (int record = 0; record < 10; ++record) {
      std::vector<Event> events;
      for (std::uint64_t i = 0; i <= dice() % 30; ++i) events.push_back(rig.model.random(dice));
      rig.log.append(std::move(events));
    }
    check_trial(rig.trial(), rig.model);
    rig.host.reset();
    rig.shelf.lose_writes_after(dice() % 8);
  }
  rig.start();
  check_trial(rig.trial(), rig.model);
  for (const auto& [id, account] : rig.model.accounts()) CHECK(rig.account(id) == account);
}

TEST_CASE("given balances that do not follow from those before, then the view halts before it writes them") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  rig.catch_up();
  Transfer made;
  made.id = {1};
  made.debit_account_id = cash;
  made.credit_account_id = alice;
  made.amount.value = 500;
  Event event = rig.model.transfer(made);
  auto& body = std::get<TransferCreated>(event.body);
  SUBCASE("one side gets another amount") { body.credit.balances.credits_posted.value = 499; }
  SUBCASE("the debit account is credited") { body.debit.balances.credits_posted.value = 1; }
  SUBCASE("the account is not known") { body.transfer.debit_account_id = {77}; }
  rig.log.append({event});
  CHECK(rig.halted());
  CHECK(rig.reason().find("event 4: ") != std::string::npos);
  CHECK(HostedBalances(*rig.host).account(book, alice)->value->account.balances == Balances{});
}

TEST_CASE("given an account that is created twice, or with balances, then the view halts") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  rig.catch_up();
  SUBCASE("the view remembers it") {}
  SUBCASE("only the store knows it") {
    rig.host->stop();
    rig.start();
  }
  rig.log.append({BookModel(book).open_account(alice, euro, code_wallet)});
  CHECK(rig.halted());
}

TEST_CASE("given sums over 2^128-1, then they are told, and exact again when they fall") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  constexpr AccountId carol{4};
  rig.log.append({rig.model.open_account(carol, euro, code_wallet)});
  rig.pay({1}, cash, alice, u128_max - 1, transfer_flags::pending);
  rig.pay({2}, carol, bob, u128_max - 1, transfer_flags::pending);
  rig.catch_up();
  const auto rows = rig.trial();
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].sums == WideBalances{{u128_max - 1}, {}, {u128_max - 3, 1}, {}});  // 2 * (2^128 - 2)
  rig.log.append({rig.model.expire({1})});
  check_trial(rig.trial(), rig.model);
}

TEST_CASE("given wide sums, when numbers are added and taken away in any order, then nothing is lost") {
  WideSum sum;
  sum -= {5};  // below zero on the way
  sum += {u128_max};
  sum += {u128_max};
  sum += {7};
  CHECK(sum == WideSum{0, 2});
  sum -= {u128_max, 1};
  CHECK(sum == WideSum{1, 0});
}

TEST_CASE("given sums of one ledger, when debits and credits differ, then they are not balanced") {
  std::map<TrialKey, TrialSums> rows;
  rows[{book, euro, 1}].sums.debits_posted = {10};
  CHECK(!all_balanced(rows));
  rows[{book, {701}, 1}].sums.credits_posted = {10};  // another ledger does not help
  CHECK(!all_balanced(rows));
  rows.erase({book, {701}, 1});
  rows[{book, euro, 2}].sums.credits_posted = {10};
  CHECK(all_balanced(rows));
}

TEST_CASE("given limits that are set, set again and taken away, then an account tells the last ones") {
  BalancesRig rig;
  rig.start();
  rig.open_accounts();
  CHECK(rig.limits(alice) == Limits{});
  const auto set = [&](const Limits& limits) {
    rig.log.append({Event{{rig.model.now()}, book, 0, LimitsSet{alice, limits}}});
  };
  set({Amount{500}, std::nullopt});
  CHECK(rig.limits(alice) == Limits{Amount{500}, std::nullopt});
  CHECK(rig.limits(bob) == Limits{});
  rig.pay({1}, cash, alice, 500);
  set({Amount{0}, amount_max});
  CHECK(rig.limits(alice) == Limits{Amount{0}, amount_max});
  set({});
  CHECK(rig.limits(alice) == Limits{});
  CHECK(rig.account(alice).balances == balances(0, 0, 0, 500));
}
