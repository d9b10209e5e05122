// The invariant check finds what it is there for.
#include <algorithm>
#include <functional>

#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

Rows good_rows() {
  Bank bank;
  REQUIRE(bank.answers({hold(1, Bank::alice, Bank::bob, 30, 60), hold(2, Bank::wallet, Bank::bob, 7),
                        transfer(3, Bank::alice, Bank::bob, u128_max - 1000)}) ==
          "created, created, created");
  return bank.rows;
}

std::vector<std::string> broken(const Rows& rows) {
  InvariantCheck check;
  for (const auto& [key, value] : rows) REQUIRE(check.row(key, value));
  return check.broken();
}

void change_account(Rows& rows, u128 id, const std::function<void(Account&)>& change) {
  const InBook<AccountId> key{{1}, {id}};
  AccountRow account = *decode_account(key, rows.at(account_key(key)));
  change(account);
  rows[account_key(key)] = encode_row(account);
}

using Sentences = std::vector<std::string>;

TEST_CASE("given sound rows, nothing is broken") { CHECK(broken(good_rows()).empty()); }

TEST_CASE("given a posted balance that is off by one, the ledger's sums differ") {
  Rows rows = good_rows();
  change_account(rows, Bank::alice, [](Account& a) { a.balances.debits_posted.value += 1; });
  CHECK(broken(rows) == Sentences{"book 1, ledger 1: the sums of posted debits and credits differ"});
}

TEST_CASE("given pending balances that are off by one, the sums and the holds differ") {
  Rows rows = good_rows();
  change_account(rows, Bank::alice, [](Account& a) { a.balances.debits_pending.value += 1; });
  CHECK(broken(rows) ==
        Sentences{"book 1, ledger 1: the sums of pending debits and credits differ",
                  "book 1, account 2: what it has pending is not the sum of its open pending transfers"});
}

TEST_CASE("given a hold that vanished, its accounts and its place in the queue say so") {
  Rows rows = good_rows();
  Bytes expiry;
  for (const auto& [key, value] : rows)
    if (parse_expiry_key(key)) expiry = key;
  REQUIRE(rows.erase(transfer_key({{1}, parse_expiry_key(expiry)->transfer})) == 1);
  const Sentences found = broken(rows);
  REQUIRE(found.size() == 4);
  CHECK(found[0].find("it is queued to expire, but is not open") != std::string::npos);
  CHECK(found[1].find("account 2") != std::string::npos);
  CHECK(found[2].find("account 3") != std::string::npos);
  CHECK(found[3].find("the ids and timestamps of 4 transfers are not those of the 5 rows") == 0);
  rows = good_rows();
  rows.erase(expiry);
  CHECK(broken(rows).at(0).find("it has a timeout, but is not queued to expire") != std::string::npos);
}

TEST_CASE("given an account over its limit, it is named") {
  Rows rows = good_rows();
  change_account(rows, Bank::alice,
                 [](Account& a) { a.flags |= on_account::debits_must_not_exceed_credits; });
  change_account(rows, Bank::bob, [](Account& a) { a.flags |= on_account::credits_must_not_exceed_debits; });
  CHECK(broken(rows) == Sentences{"book 1, account 2: its debits exceed its credits by more than its limit",
                                  "book 1, account 3: its credits exceed its debits by more than its limit"});
}

TEST_CASE("given sums over 2^128, they are compared in full") {
  Rows rows = good_rows();
  Account first = account(60);
  first.balances.debits_posted = amount_max;
  Account second = account(61);
  second.balances.debits_posted.value = 1;
  rows[account_key({{1}, {60}})] = encode_row(AccountRow(first));
  rows[account_key({{1}, {61}})] = encode_row(AccountRow(second));
  CHECK(broken(rows).at(0) == "book 1, ledger 1: the sums of posted debits and credits differ");
}

TEST_CASE("given more that is pending than a check keeps in memory, its parts find the same") {
  Rows rows = good_rows();
  change_account(rows, Bank::bob, [](Account& a) { a.balances.credits_pending.value += 1; });
  for (const auto& [key, value] : good_rows())
    if (parse_expiry_key(key)) rows.erase(key);
  const auto check_part = [&](CheckPart part) {
    InvariantCheck check(part, 1);
    for (const auto& [key, value] : rows) REQUIRE(check.row(key, value));
    return check.pending();
  };
  const PendingCheck whole = check_part({});
  REQUIRE_FALSE(whole.complete());
  Sentences found;
  std::vector<CheckPart> left = whole.smaller_parts();
  for (int round = 0; !left.empty(); ++round) {
    REQUIRE(round < 1000);
    const PendingCheck part = check_part(left.back());
    left.pop_back();
    const auto parts = part.complete() ? std::vector<CheckPart>{} : part.smaller_parts();
    left.insert(left.end(), parts.begin(), parts.end());
    if (!part.complete()) continue;
    const Findings findings = part.findings();
    found.insert(found.end(), findings.kept().begin(), findings.kept().end());
  }
  REQUIRE(found.size() == 2);
  const Sentences whole_found = broken(rows);
  for (const std::string& sentence : found)
    CHECK(std::count(whole_found.begin(), whole_found.end(), sentence) == 1);
}

TEST_CASE("given more that is broken than is kept, then all of it is counted") {
  Findings findings;
  for (std::size_t i = 0; i < findings_kept_max + 5; ++i) findings.add("broken");
  CHECK(findings.count() == findings_kept_max + 5);
  CHECK(findings.kept().size() == findings_kept_max);
}

TEST_CASE("given a row that is none, the check says so") {
  InvariantCheck check;
  CHECK_FALSE(check.row(account_key({{1}, {1}}), Bytes{}));
  CHECK_FALSE(check.row(transfer_key({{1}, {1}}), Bytes{}));
  CHECK_FALSE(check.row(Bytes{'Q'}, Bytes{}));
}

}  // namespace
}  // namespace florin::ledger::test
