// The lists of accounts: what is asked reaches the read model as it is said, and only what is granted is
// asked.
#include <doctest/doctest.h>

#include "tests/gateway/queries/rig.hpp"

using namespace florin;
using namespace florin::testing;

namespace {

struct Fixture : QueriesRig {
  Response get(const std::string& query) { return QueriesRig::get("/api/v1/ledger/accounts" + query); }
};

}  // namespace

TEST_CASE("the filters of accounts reach the read model as they are said") {
  Fixture f;
  CHECK(f.get("").status == 200);
  AccountFilter all;
  all.ledgers = ids<LedgerId>({700, 701});
  CHECK(f.accounts.asked == all);
  const Response response = f.get(
      "?limit=7&order=desc&timestamp_min=5&timestamp_max=9&id=4,3&ledger=701&code=2,1&user_data_128=0,5"
      "&user_data_64=18446744073709551615&user_data_32=3&flags=history,closed&side=credit&amount_min=13"
      "&amount_max=340282366920938463463374607431768211454&metadata[city]=Paris");
  CHECK(response.status == 200);
  const AccountFilter& asked = f.accounts.asked;
  CHECK(asked.ids == ids<AccountId>({3, 4}));
  CHECK(asked.ledgers == ids<LedgerId>({701}));
  CHECK(asked.codes == std::vector<std::uint16_t>{1, 2});
  CHECK(asked.user_data_128 == std::vector<u128>{0, 5});
  CHECK(asked.user_data_64 == std::vector<std::uint64_t>{~std::uint64_t{0}});
  CHECK(asked.user_data_32 == std::vector<std::uint32_t>{3});
  CHECK(asked.flags == (account_flags::history | account_flags::closed));
  CHECK(asked.side == Side::credit);
  CHECK(asked.balance_min == Amount{13});
  CHECK(asked.balance_max == Amount{u128_max - 1});
  CHECK(asked.metadata == MetadataFilter{{"city", {"Paris"}}});
  CHECK(f.accounts.asked_slice.descending);
  CHECK(f.accounts.asked_slice.limit == 7);
  CHECK(f.accounts.asked_slice.timestamp_min == Timestamp{5});
  CHECK(f.accounts.asked_slice.timestamp_max == Timestamp{9});
}

TEST_CASE("a wrong value of a list of accounts is refused where it stands") {
  Fixture f;
  for (const std::string bad : {"id=01", "id=1,", "code=65536", "ledger=x", "flags=pending", "side=both",
                                "amount_min=-1", "amount_max=1e3", "limit=0", "cursor=abc"}) {
    CAPTURE(bad);
    const Response response = f.get("?" + bad);
    CHECK(response.status == 400);
    CHECK(has(response, "\"parameter\":\"" + bad.substr(0, bad.find('=')) + "\""));
  }
  CHECK(f.get("/summary?code=x").status == 400);
}

TEST_CASE("accounts of a ledger that is not granted cannot be asked for") {
  Fixture f;
  CHECK(f.get("?ledger=700,800").status == 403);
  CHECK(f.get("/summary?ledger=800").status == 403);
  f.directory.known.all_ledgers = true;
  CHECK(f.get("?ledger=800").status == 200);
  CHECK(f.accounts.asked.ledgers == ids<LedgerId>({800}));
}

TEST_CASE("an account of a list is shown whole, and cursors lead both ways") {
  Fixture f;
  Account account;
  account.id = {1};
  account.ledger = {700};
  f.accounts.page = {{{account, {Amount{0}, std::nullopt}, {{"k", "v"}}}}, Cursor{{9}}, Cursor{{8}, true}};
  const Response page = f.get("?code=0");
  CHECK(has(page, R"("debit_balance_max":"0","credit_balance_max":null,"metadata":{"k":"v"}})"));
  CHECK(field(page, "Florin-Position").size() == 23);
  CHECK(f.get("?code=0&cursor=" + text_member(page, "next")).status == 200);
  CHECK(f.accounts.asked_slice.cursor == Cursor{{9}, false});
  CHECK(f.get("?code=0&cursor=" + text_member(page, "previous")).status == 200);
  CHECK(f.accounts.asked_slice.cursor == Cursor{{8}, true});
  CHECK(f.get("?code=1&cursor=" + text_member(page, "next")).status == 400);  // of a list with another filter
}

TEST_CASE("a summary of accounts tells sums beyond 128 bits") {
  Fixture f;
  f.accounts.summed = {{{700}, 2, {{1}, {5, 1}, {2}, {3}}, {3}, {4}}};
  const Response response = f.get("/summary?flags=closed&timestamp_min=3&timestamp_max=4");
  CHECK(
      response.body ==
      R"({"data":[{"ledger":700,"count":2,"debits_pending":"1",)"
      R"("debits_posted":"340282366920938463463374607431768211461","credits_pending":"2","credits_posted":"3",)"
      R"("timestamp_first":"3","timestamp_last":"4"}],"next":null})");
  CHECK(f.accounts.asked.flags == account_flags::closed);
  CHECK(f.accounts.asked_slice.timestamp_min == Timestamp{3});
  CHECK(f.accounts.asked_slice.timestamp_max == Timestamp{4});
}

TEST_CASE("a query for accounts that is too broad says what narrows it") {
  Fixture f;
  f.accounts.error = Error{Errc::too_broad, "It is too much."};
  for (const std::string path : {"", "/summary"}) {
    const Response refused = f.get(path + "?user_data_64=0&code=1");
    CHECK(refused.status == 422);
    CHECK(has(refused, "query_too_broad"));
    CHECK(has(refused,
              R"(It is too much. Narrow it by timestamp_min and timestamp_max, or by a field that has )"
              R"(an index: id, ledger, user_data_128, user_data_32, metadata.)"));
    CHECK(has(refused, R"("indexes":["id","ledger","user_data_128","user_data_32","metadata"])"));
  }
}
