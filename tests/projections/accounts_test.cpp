#include "projections/accounts.hpp"

#include "tests/projections/rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};
constexpr LedgerId euro{700}, dollar{800};

using Ids = std::vector<u128>;

struct AccountsRig : Rig<BalancesView> {
  BookModel model{book};
  QueryBounds bounds;

  AccountsRig() { start(); }
  // With user data that the model does not know.
  Account open(AccountId id, LedgerId ledger, std::uint16_t code, std::uint32_t user_data_32 = 0,
               std::uint16_t flags = 0) {
    Event event = model.open_account(id, ledger, code, flags);
    Account& account = std::get<AccountCreated>(event.body).account;
    account.user_data_128 = account.user_data_64 = 0;
    account.user_data_32 = user_data_32;
    const Account opened = account;
    log.append({std::move(event)});
    return opened;
  }
  void pay(AccountId from, AccountId to, u128 amount, std::uint16_t flags = 0) {
    Transfer transfer;
    transfer.id.value = model.entries().size() + 1;
    transfer.debit_account_id = from;
    transfer.credit_account_id = to;
    transfer.amount.value = amount;
    transfer.code = 1;
    transfer.flags = flags;
    log.append({model.transfer(transfer)});
  }
  void set(const Account& account, const std::string& key, std::optional<std::string> before,
           std::optional<std::string> after) {
    MetadataSet event{{TargetKind::account, account.id.value},
                      account.timestamp,
                      {{key, std::move(before), std::move(after)}}};
    log.append({Event{{model.now()}, book, 0, std::move(event)}});
  }
  Result<Answer<Page<AccountRow>>> ask(const AccountFilter& filter, const Slice& slice = {}) {
    catch_up();
    return HostedAccounts(*host, bounds).accounts(book, filter, slice);
  }
  std::vector<AccountSums> sums(const AccountFilter& filter, const TimeRange& range = {}) {
    catch_up();
    return HostedAccounts(*host, bounds).sums(book, filter, range)->value;
  }
  Ids ids(const AccountFilter& filter, const Slice& slice = {}) {
    const auto answer = ask(filter, slice);
    REQUIRE(answer);
    CHECK(answer->at == log.tail().position);
    Ids found;
    for (const AccountRow& row : answer->value.rows) found.push_back(row.account.id.value);
    return found;
  }
};

}  // namespace

TEST_CASE("given accounts of two ledgers, then they are found by ledger, code, id and user data") {
  AccountsRig rig;
  rig.open({9}, euro, 1);
  rig.open({3}, euro, 2, 5);
  rig.open({5}, dollar, 1, 6);
  AccountFilter filter;
  CHECK(rig.ids(filter) == Ids{9, 3, 5});  // in the order of time
  filter.ledgers = {{euro}};
  CHECK(rig.ids(filter) == Ids{9, 3});
  filter.codes = {2};
  CHECK(rig.ids(filter) == Ids{3});
  filter = {};
  filter.codes = {1};
  CHECK(rig.ids(filter) == Ids{9, 5});
  filter = {};
  filter.ids = {{5}, {9}, {u128_max}};
  CHECK(rig.ids(filter) == Ids{9, 5});
  filter = {};
  filter.user_data_32 = {5, 6};
  CHECK(rig.ids(filter) == Ids{3, 5});
  filter.user_data_32 = {0};
  CHECK(rig.ids(filter) == Ids{9});
  filter.ledgers = std::vector<LedgerId>{};
  CHECK(rig.ids(filter).empty());
}

TEST_CASE("given balances, then accounts are found by what one side is ahead of the other") {
  AccountsRig rig;
  for (const u128 id : {1, 2, 3, 4}) rig.open({id}, euro, 1);
  rig.pay({1}, {2}, 100);
  rig.pay({2}, {3}, 40);
  rig.pay({1}, {3}, 7, transfer_flags::pending);
  AccountFilter filter;
  filter.balance_min = {40};
  CHECK(rig.ids(filter) == Ids{1, 2, 3});
  filter.balance_max = {60};
  CHECK(rig.ids(filter) == Ids{2, 3});
  filter.side = Side::credit;
  CHECK(rig.ids(filter) == Ids{2, 3});
  filter.side = Side::debit;
  CHECK(rig.ids(filter).empty());
  filter = {};
  filter.side = Side::debit;
  CHECK(rig.ids(filter) == Ids{1, 4});  // a balance of zero stands on both sides
  filter.side = Side::credit;
  CHECK(rig.ids(filter) == Ids{2, 3, 4});
  filter.balance_max = {0};
  CHECK(rig.ids(filter) == Ids{4});
}

TEST_CASE("given flags, then those that an account has now count") {
  AccountsRig rig;
  rig.open({1}, euro, 1, 0, account_flags::history);
  rig.open({2}, euro, 1);
  rig.open({3}, euro, 1, 0, account_flags::debits_must_not_exceed_credits);
  AccountFilter filter;
  filter.flags = account_flags::history | account_flags::debits_must_not_exceed_credits;
  CHECK(rig.ids(filter) == Ids{1, 3});
  rig.pay({2}, {1}, 1, transfer_flags::pending | transfer_flags::closing_debit);
  filter.flags = account_flags::closed;
  CHECK(rig.ids(filter) == Ids{2});
}

TEST_CASE("given metadata and limits, then an account is found and shown with what it has now") {
  AccountsRig rig;
  const Account account = rig.open({1}, euro, 1);
  rig.open({2}, euro, 1);
  rig.set(account, "city", std::nullopt, "Paris");
  rig.set(account, "city", "Paris", "Rome");
  rig.log.append({Event{{rig.model.now()}, book, 0, LimitsSet{{1}, {Amount{5}, std::nullopt}}}});
  AccountFilter paris, rome;
  paris.metadata = {{"city", {"Paris"}}};
  rome.metadata = {{"city", {"Rome"}}};
  CHECK(rig.ids(paris).empty());
  const auto rows = rig.ask(rome)->value.rows;
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].metadata == Metadata{{"city", "Rome"}});
  CHECK(rows[0].limits.debit_balance_max == Amount{5});
  const auto shown = HostedBalances(*rig.host).account(book, {1})->value;
  REQUIRE(shown);
  CHECK(shown->metadata == Metadata{{"city", "Rome"}});
  CHECK(HostedBalances(*rig.host).account(book, {2})->value->metadata.empty());
  rig.set(account, "city", "Rome", std::nullopt);
  CHECK(rig.ids(rome).empty());
}

TEST_CASE("given metadata of an account that is changed from what it never was, then the view halts") {
  AccountsRig rig;
  rig.set(rig.open({1}, euro, 1), "city", "Oslo", "Paris");
  CHECK(rig.halted());
  CHECK(rig.reason().find("metadata is changed") != std::string::npos);
}

TEST_CASE(
    "given a list page by page both ways, then nothing is missing or doubled while accounts are opened") {
  AccountsRig rig;
  for (u128 id = 1; id <= 10; ++id) rig.open({100 - id}, euro, 1);
  Slice slice;
  slice.limit = 4;
  const auto first = rig.ask({}, slice)->value;
  rig.open({50}, euro, 1);
  slice.cursor = first.next;
  const auto second = rig.ask({}, slice)->value;
  CHECK(second.rows.front().account.id.value == 95);
  slice.cursor = second.previous;
  const auto back = rig.ask({}, slice)->value;
  REQUIRE(back.rows.size() == 4);
  CHECK(back.rows.front().account.id == first.rows.front().account.id);
  CHECK_FALSE(back.previous.has_value());
  slice.cursor = second.next;
  const auto last = rig.ask({}, slice)->value;
  CHECK(last.rows.size() == 3);
  CHECK(last.rows.back().account.id.value == 50);
  CHECK_FALSE(last.next.has_value());
}

TEST_CASE("given accounts of two ledgers, then they are counted and summed up apart") {
  AccountsRig rig;
  rig.open({1}, euro, 1);
  rig.open({2}, euro, 1);
  const Account third = rig.open({3}, euro, 2);
  rig.open({4}, dollar, 1);
  rig.pay({1}, {2}, 100);
  rig.pay({1}, {3}, 20, transfer_flags::pending);
  const auto rows = rig.sums({});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].ledger == euro);
  CHECK(rows[0].count == 3);
  CHECK(to_string(rows[0].balances.debits_posted) == "100");
  CHECK(to_string(rows[0].balances.credits_posted) == "100");
  CHECK(to_string(rows[0].balances.debits_pending) == "20");
  CHECK(rows[0].last == third.timestamp);
  CHECK(rows[1].count == 1);
  AccountFilter filter;
  filter.codes = {2};
  REQUIRE(rig.sums(filter).size() == 1);
  CHECK(to_string(rig.sums(filter)[0].balances.credits_pending) == "20");
  CHECK(rig.sums({}, {third.timestamp, third.timestamp})[0].count == 1);
}

TEST_CASE("given a filter that no index knows and too many accounts, then it is refused") {
  AccountsRig rig;
  rig.bounds.page_rows = rig.bounds.summary_rows = 200;
  for (u128 id = 1; id <= 200; ++id) rig.open({id}, euro, 1, id == 150 ? 9 : 0);
  AccountFilter filter;
  filter.balance_min = {1};
  const auto refused = rig.ask(filter);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::too_broad);
  CHECK(refused.error().message == "The query would look at more than 200 rows.");
  CHECK_FALSE(HostedAccounts(*rig.host, rig.bounds).sums(book, filter, {}));
  filter = {};
  filter.user_data_32 = {9};
  CHECK(rig.ids(filter) == Ids{150});
}

TEST_CASE("given random accounts and filters, then a list is what a look at everything finds") {
  constexpr std::uint64_t seed = 4;
  AccountsRig rig;
  std::mt19937_64 dice(seed);
  const auto roll = [&](std::uint64_t sides) { return dice() % sides; };
  std::vector<Account> opened;
  for (u128 id = 1; id <= 60; ++id)
    opened.push_back(rig.open({id * 7919 % 1000}, roll(2) == 0 ? euro : dollar,
                              static_cast<std::uint16_t>(1 + roll(3)), static_cast<std::uint32_t>(roll(3)),
                              roll(2) == 0 ? account_flags::history : std::uint16_t{0}));
  for (int i = 0; i < 200; ++i) {
    const Account &from = opened[roll(60)], &to = opened[roll(60)];
    if (from.id != to.id && from.ledger == to.ledger) rig.pay(from.id, to.id, roll(50));
  }
  for (int i = 0; i < 300; ++i) {
    AccountFilter filter;
    if (roll(3) == 0) filter.ledgers = {{roll(2) == 0 ? euro : dollar}};
    if (roll(3) == 0) filter.codes = {static_cast<std::uint16_t>(1 + roll(3))};
    if (roll(3) == 0) filter.user_data_32 = {static_cast<std::uint32_t>(roll(3))};
    if (roll(3) == 0) filter.flags = account_flags::history;
    filter.side = static_cast<Side>(roll(3));
    filter.balance_min = {roll(60)};
    filter.balance_max = {filter.balance_min.value + roll(100)};
    CAPTURE(i);
    Ids expected;
    for (const Account& account : opened) {
      const Balances now = rig.model.accounts().at(account.id).balances;
      const auto net =
          static_cast<long long>(now.debits_posted.value) - static_cast<long long>(now.credits_posted.value);
      const auto size = Amount{static_cast<u128>(net < 0 ? -net : net)};
      if ((!filter.ledgers || filter.ledgers->front() == account.ledger) &&
          (filter.codes.empty() || filter.codes.front() == account.code) &&
          (filter.user_data_32.empty() || filter.user_data_32.front() == account.user_data_32) &&
          (filter.flags == 0 || account.flags == filter.flags) && !(filter.side == Side::debit && net < 0) &&
          !(filter.side == Side::credit && net > 0) && size >= filter.balance_min &&
          size <= filter.balance_max)
        expected.push_back(account.id.value);
    }
    CHECK(rig.ids(filter) == expected);
  }
}
