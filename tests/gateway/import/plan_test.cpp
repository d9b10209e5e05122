// From a journal to ledgers, accounts and transactions.
#include "gateway/import/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "engine/base/hash.hpp"
#include "gateway/import/plan_ids.hpp"

namespace florin::importing {
namespace {

constexpr std::uint64_t midnight = 1'577'836'800'000'000'000;  // of 2020-01-01
constexpr std::uint64_t day = 86'400'000'000'000;

JournalPosting posting(std::string account, std::string_view quantity, std::string commodity = "EUR") {
  return {std::move(account), std::move(commodity), *read_decimal(quantity), false};
}
JournalPosting tracked(std::string account, std::string_view quantity) {
  JournalPosting virtual_one = posting(std::move(account), quantity);
  virtual_one.is_virtual = true;
  return virtual_one;
}

// On the nth of January 2020.
JournalTransaction on(unsigned date, std::vector<JournalPosting> postings, std::string description = "d") {
  initialize_crypto();
  return {{"/b/x.journal", date},
          std::chrono::sys_days(std::chrono::year(2020) / 1 / static_cast<int>(date)),
          "c",
          std::move(description),
          std::move(postings),
          {}};
}

Plan plan(const Journal& journal, const PlanOptions& options = {}) {
  auto made = make_plan(journal, options);
  REQUIRE(made);
  return *std::move(made);
}

std::string name_of(const Plan& plan, AccountId id) {
  for (const PlannedAccount& planned : plan.accounts)
    if (planned.account.id == id) return planned.name + "/" + planned.commodity;
  return "unknown";
}

// "A/EUR +5, B/EUR -5"
std::string moves(const Plan& plan, const PlannedTransaction& planned) {
  std::string out;
  for (const Posting& each : planned.transaction.postings)
    out += (out.empty() ? "" : ", ") + name_of(plan, each.account) +
           (each.side == PostingSide::debit ? " +" : " -") + florin::to_string(each.amount);
  return out;
}

TEST_CASE("given a purchase, it becomes a ledger, an account for each name, and a transaction of its day") {
  const Plan made =
      plan({on(1, {posting("Expenses:Food", "12.5"), posting("Assets:Cash", "-12.5")}, "Lunch")});
  REQUIRE(made.ledgers.size() == 1);
  CHECK(made.ledgers[0].ledger.id == LedgerId{1000});
  CHECK(made.ledgers[0].ledger.currency == "EUR");
  CHECK(made.ledgers[0].ledger.exponent == 2);
  CHECK(made.ledgers[0].ledger.name == "EUR");
  REQUIRE(made.accounts.size() == 2);
  CHECK(made.accounts[0].account.timestamp == Timestamp{midnight});
  CHECK(made.accounts[1].account.timestamp == Timestamp{midnight + 1});
  CHECK(made.accounts[0].account.flags == (account_flags::history | account_flags::imported));
  CHECK(made.accounts[0].account.code == 5);
  CHECK(made.accounts[1].account.code == 1);
  REQUIRE(made.transactions.size() == 1);
  const Transaction& transaction = made.transactions[0].transaction;
  CHECK(moves(made, made.transactions[0]) == "Expenses:Food/EUR +1250, Assets:Cash/EUR -1250");
  CHECK(transaction.timestamp == Timestamp{midnight + 2});
  CHECK(transaction.flags == transaction_flags::imported);
  CHECK(transaction.metadata ==
        Metadata{{"code", "c"}, {"date", "2020-01-01"}, {"description", "Lunch"}, {"source", "x.journal:1"}});
  CHECK(made.refused.empty());
}

TEST_CASE(
    "given several commodities, each has a ledger of its own, in order, with the decimals that were seen") {
  const Journal journal{on(1, {posting("A", "1.125"), posting("B", "-1.125")}),
                        on(2, {posting("A", "2", "AAPL"), posting("B", "-2", "AAPL")}),
                        on(3, {posting("A", "3", "¥"), posting("B", "-3", "¥")})};
  const Plan made = plan(journal);
  REQUIRE(made.ledgers.size() == 3);
  CHECK(made.ledgers[0].ledger.exponent == 3);
  CHECK(made.ledgers[1].ledger == Ledger{{1001}, "XXX", 0, "AAPL", {}});
  CHECK(made.ledgers[2].ledger == Ledger{{1002}, "JPY", 0, "¥", {}});

  PlanOptions options;
  options.ledger_base = 7;
  options.ledgers = {{"AAPL", 7}};
  options.currencies = {{"AAPL", "USD"}};
  options.exponents = {{"AAPL", 4}};
  const Plan told = plan(journal, options);
  CHECK(told.ledgers[0].ledger.id == LedgerId{8});
  CHECK(told.ledgers[1].ledger == Ledger{{7}, "USD", 4, "AAPL", {}});
  CHECK(told.ledgers[2].ledger.id == LedgerId{9});
  CHECK(moves(told, told.transactions[1]) == "A/AAPL +20000, B/AAPL -20000");
}

TEST_CASE("given an exchange at a price, a conversion account stands against each commodity") {
  const Plan made = plan({on(1, {posting("Broker", "10", "AAPL"), posting("Cash", "-300.5")})});
  CHECK(moves(made, made.transactions.at(0)) ==
        "Broker/AAPL +10, Cash/EUR -30050, Equity:Conversion/AAPL -10, Equity:Conversion/EUR +30050");
}

TEST_CASE("given virtual postings, those that do not balance stand against an account of their own") {
  const Plan made = plan({on(1, {posting("Food", "20"), posting("Cash", "-20"), tracked("Budget", "-5"),
                                 tracked("Saved", "5"), tracked("Taxes", "-2")})});
  CHECK(moves(made, made.transactions.at(0)) ==
        "Food/EUR +2000, Cash/EUR -2000, Budget/EUR -500, Saved/EUR +500, Taxes/EUR -200, Equity:Virtual/EUR "
        "+200");
}

TEST_CASE("given an account on both sides, it is netted, and what nets to nothing moves nothing") {
  const Plan made =
      plan({on(1, {posting("A", "10"), posting("A", "-3"), posting("B", "-7")}),
            on(2, {posting("A", "5"), posting("A", "-5")}), on(3, {posting("A", "0"), posting("C", "0")})});
  REQUIRE(made.transactions.size() == 1);
  CHECK(moves(made, made.transactions[0]) == "A/EUR +700, B/EUR -700");
  CHECK(made.empty == 2);
  CHECK(made.accounts.size() == 2);
}

TEST_CASE(
    "given the same journal again, or one that has grown, what was there has the same ids and timestamps") {
  Journal journal{on(1, {posting("A", "1"), posting("B", "-1")}),
                  on(1, {posting("A", "1"), posting("B", "-1")}),
                  on(2, {posting("A", "1"), posting("C", "-1")})};
  const Plan first = plan(journal);
  journal.push_back(on(2, {posting("D", "1", "USD"), posting("C", "-1", "USD")}));
  journal[0].source.line = 77;
  const Plan second = plan(journal);
  REQUIRE(second.transactions.size() == 4);
  std::set<u128> ids;
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(first.transactions[i].transaction.id == second.transactions[i].transaction.id);
    CHECK(first.transactions[i].transaction.timestamp == second.transactions[i].transaction.timestamp);
    CHECK(first.accounts[i].account == second.accounts[i].account);
    ids.insert(first.transactions[i].transaction.id.value);
  }
  CHECK(ids.size() == 3);  // also of the two that are equal
}

TEST_CASE(
    "given any journal, timestamps ascend, no two are the same, and accounts are older than what moves "
    "them") {
  Journal journal;
  for (unsigned i = 0; i < 60; ++i)
    journal.push_back(
        on(1 + i / 3, {posting("A" + std::to_string(i % 7), "1"), posting("B" + std::to_string(i / 9), "-1")},
           std::to_string(i)));
  const Plan made = plan(journal);
  std::set<std::uint64_t> taken;
  std::uint64_t last = 0;
  for (const PlannedAccount& planned : made.accounts) {
    CHECK(planned.account.timestamp.value > std::exchange(last, planned.account.timestamp.value));
    CHECK(taken.insert(planned.account.timestamp.value).second);
  }
  last = 0;
  for (const PlannedTransaction& planned : made.transactions) {
    const Transaction& transaction = planned.transaction;
    CHECK(transaction.timestamp.value >
          std::exchange(last, transaction.timestamp.value + transaction.postings.size()));
    for (std::uint64_t own = transaction.timestamp.value; own <= last; ++own) CHECK(taken.insert(own).second);
    for (const Posting& each : transaction.postings)
      for (const PlannedAccount& account : made.accounts)
        if (account.account.id == each.account) CHECK(account.account.timestamp < transaction.timestamp);
  }
  CHECK(made.transactions[3].transaction.timestamp.value / day == midnight / day + 1);
}

TEST_CASE("given what Florin cannot hold, the transaction is refused, and the others are not") {
  const std::string most = "170141183460469231731687303715884105727";
  std::vector<JournalPosting> many;
  for (unsigned i = 0; i <= postings_max; ++i) many.push_back(posting("A" + std::to_string(i), "1"));
  JournalTransaction early = on(1, {posting("A", "1"), posting("B", "-1")});
  early.date = std::chrono::sys_days(std::chrono::year(1969) / 12 / 31);
  JournalTransaction unread = on(1, {});
  unread.wrong = "why";
  const Plan made = plan({early, unread, on(2, {posting("A", "0.0000000000000000001"), posting("B", "-1")}),
                          on(3, many), on(4, {posting("A", most, "BIG"), posting("A", most, "BIG")}),
                          on(5, {posting("A", "1"), posting("B", "-1")})});
  REQUIRE(made.refused.size() == 5);
  CHECK(made.refused[0].detail.find("1969-12-31") != std::string::npos);
  CHECK(made.refused[1].detail == "why");
  CHECK(made.refused[2].detail.find("more than 18 decimals") != std::string::npos);
  CHECK(made.refused[3].detail.find("1002 accounts") != std::string::npos);
  CHECK(made.refused[4].detail.find("128 bits") != std::string::npos);
  CHECK(made.refused[4].source.line == 4);
  REQUIRE(made.transactions.size() == 1);
  CHECK(moves(made, made.transactions[0]) == "A/EUR +100, B/EUR -100");
}

TEST_CASE("given options that cannot be, they are refused") {
  const Journal journal{on(1, {posting("A", "1"), posting("B", "-1")})};
  PlanOptions unknown;
  unknown.ledgers = {{"USD", 5}};
  CHECK(make_plan(journal, unknown).error().code == Errc::invalid_argument);
  PlanOptions twice;
  twice.ledgers = {{"USD", 5}, {"EUR", 5}};
  CHECK(make_plan(journal, twice).error().code == Errc::invalid_argument);
}

TEST_CASE("given a name, its first part tells the kind of account") {
  CHECK(account_code("Assets:Cash") == AccountCode::asset);
  CHECK(account_code("liabilities") == AccountCode::liability);
  CHECK(account_code("Liability:X") == AccountCode::liability);
  CHECK(account_code("Revenues:X") == AccountCode::income);
  CHECK(account_code("Expenses") == AccountCode::expense);
  CHECK(account_code("Equity:Conversion") == AccountCode::equity);
  CHECK(account_code("Assetsx") == AccountCode::other);
  CHECK(account_code("Русский") == AccountCode::other);
}

}  // namespace
}  // namespace florin::importing
