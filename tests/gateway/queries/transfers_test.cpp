// The lists of transfers: what is asked reaches the read model as it is said, and only what is granted is
// asked.
#include <doctest/doctest.h>

#include "gateway/queries/queries.hpp"
#include "tests/gateway/queries/rig.hpp"

using namespace florin;
using namespace florin::testing;

namespace {

struct Fixture : QueriesRig {
  Response get(const std::string& query) { return QueriesRig::get("/api/v1/ledger/transfers" + query); }
};

}  // namespace

TEST_CASE("the filters of transfers reach the read model as they are said") {
  Fixture f;
  CHECK(f.get("").status == 200);
  CHECK(f.transfers.asked.ledgers == ids<LedgerId>({700, 701}));
  CHECK(f.transfers.asked.amount_max == amount_max);
  CHECK(f.transfers.asked_slice.limit == 100);
  const Response response = f.get(
      "?limit=7&order=desc&timestamp_min=5&timestamp_max=9&id=4,3,4&ledger=701&code=2,1,2&user_data_128=0,5"
      "&user_data_64=18446744073709551615&user_data_32=3&flags=pending,imported&state=voided,pending"
      "&account_id=7,8&debit_account_id=9&credit_account_id=10,11&pending_id=12&amount_min=13"
      "&amount_max=340282366920938463463374607431768211454&metadata[city]=Paris&metadata[a%5Db%5D]=%2C");
  CHECK(response.status == 200);
  const TransferFilter& asked = f.transfers.asked;
  CHECK(asked.ids == ids<TransferId>({3, 4}));
  CHECK(asked.ledgers == ids<LedgerId>({701}));
  CHECK(asked.codes == std::vector<std::uint16_t>{1, 2});
  CHECK(asked.user_data_128 == std::vector<u128>{0, 5});
  CHECK(asked.user_data_64 == std::vector<std::uint64_t>{~std::uint64_t{0}});
  CHECK(asked.user_data_32 == std::vector<std::uint32_t>{3});
  CHECK(asked.flags == (transfer_flags::pending | transfer_flags::imported));
  CHECK(asked.states == std::vector<TransferState>{TransferState::pending, TransferState::voided});
  CHECK(asked.accounts == ids<AccountId>({7, 8}));
  CHECK(asked.debit_accounts == ids<AccountId>({9}));
  CHECK(asked.credit_accounts == ids<AccountId>({10, 11}));
  CHECK(asked.pending_ids == ids<TransferId>({12}));
  CHECK(asked.amount_min == Amount{13});
  CHECK(asked.amount_max == Amount{u128_max - 1});
  CHECK(asked.metadata == MetadataFilter{{"city", {"Paris"}}, {"a]b]", {","}}});
  CHECK(f.transfers.asked_slice.descending);
  CHECK(f.transfers.asked_slice.limit == 7);
  CHECK(f.transfers.asked_slice.timestamp_min == Timestamp{5});
  CHECK(f.transfers.asked_slice.timestamp_max == Timestamp{9});
}

TEST_CASE("a side says which side the account stands on, and says nothing alone") {
  Fixture f;
  CHECK(f.get("?account_id=7&side=credit").status == 200);
  CHECK(f.transfers.asked.credit_accounts == ids<AccountId>({7}));
  CHECK(f.transfers.asked.accounts.empty());
  CHECK(f.get("?account_id=7&side=debit&credit_account_id=8").status == 200);
  CHECK(f.transfers.asked.debit_accounts == ids<AccountId>({7}));
  CHECK(f.get("?side=debit").status == 400);
  CHECK(f.get("?account_id=7&side=debit&debit_account_id=8").status == 400);
}

TEST_CASE("a wrong value is refused where it stands") {
  Fixture f;
  for (const std::string bad :
       {"code=1,", "code=,1", "code=1,,2", "code=1,65536", "code=1, 2", "ledger=x", "state=posted,gone",
        "flags=pending,", "flags=closed", "amount_min=-1", "amount_max=max", "account_id=01", "limit=1001",
        "pending_id=1.0", "id=01", "user_data_32=4294967296", "side=both", "cursor=abc"}) {
    CAPTURE(bad);
    const Response response = f.get("?" + bad);
    CHECK(response.status == 400);
    CHECK(has(response, "\"parameter\":\"" + bad.substr(0, bad.find('=')) + "\""));
  }
  std::string many = "?code=0";
  for (int i = 1; i <= 100; ++i) many += "," + std::to_string(i);
  CHECK(f.get(many).status == 400);
  CHECK(f.get("?id" + many.substr(5)).status == 400);
  CHECK(f.get("?metadata[" + std::string(65, 'k') + "]=v").status == 400);
}

TEST_CASE("a key of metadata may be given several values, each whole and once, and an empty one") {
  Fixture f;
  CHECK(
      f.get("?metadata[city]=Rome&metadata[note]=&metadata[city]=Paris,+Texas&metadata[city]=Rome").status ==
      200);
  CHECK(f.transfers.asked.metadata == MetadataFilter{{"city", {"Rome", "Paris, Texas"}}, {"note", {""}}});
  std::string many = "?metadata[k]=";
  for (int i = 1; i <= 99; ++i) many += "&metadata[k]=" + std::to_string(i);
  CHECK(f.get(many).status == 200);
  const Response refused = f.get(many + "&metadata[k]=100");
  CHECK(refused.status == 400);
  CHECK(has(refused, R"("parameter":"metadata[k]")"));
}

TEST_CASE("only granted ledgers are looked into; to name another is 403") {
  Fixture f;
  for (const std::string query : {"?ledger=800", "?ledger=700,800"}) {
    const Response refused = f.get(query);
    CHECK(refused.status == 403);
    CHECK(has(refused, "ledger_not_granted"));
  }
  f.directory.known.ledgers.clear();
  CHECK(f.get("").status == 200);
  CHECK(f.transfers.asked.ledgers == std::vector<LedgerId>{});
  f.directory.known.all_ledgers = true;
  CHECK(f.get("").status == 200);
  CHECK_FALSE(f.transfers.asked.ledgers.has_value());
  CHECK(f.get("?ledger=800").status == 200);
  CHECK(f.transfers.asked.ledgers == ids<LedgerId>({800}));
}

TEST_CASE("a transfer of a list is shown whole, and cursors lead both ways") {
  Fixture f;
  Transfer transfer;
  transfer.id = {1};
  transfer.ledger = {700};
  f.transfers.page = {
      {{transfer, TransferState::voided, {{"k", "v"}}, TransactionId{6}}}, Cursor{{9}}, Cursor{{8}, true}};
  const Response page = f.get("?code=0");
  CHECK(has(page, R"("timestamp":"0","state":"voided","transaction_id":"6","metadata":{"k":"v"}})"));
  CHECK(field(page, "Florin-Position").size() == 23);
  CHECK(f.get("?code=0&cursor=" + text_member(page, "next")).status == 200);
  CHECK(f.transfers.asked_slice.cursor == Cursor{{9}, false});
  CHECK(f.get("?code=0&cursor=" + text_member(page, "previous")).status == 200);
  CHECK(f.transfers.asked_slice.cursor == Cursor{{8}, true});
  CHECK(f.get("?code=1&cursor=" + text_member(page, "next")).status == 400);  // of a list with another filter
}

TEST_CASE("a summary takes the same filters, and tells sums beyond 128 bits") {
  Fixture f;
  f.transfers.summed = {{{700}, 2, {5, 1}, {3}, {4}}};
  const Response response = f.get("/summary?id=8&state=voided&timestamp_min=3&timestamp_max=4&metadata[k]=v");
  CHECK(response.body ==
        R"({"data":[{"ledger":700,"count":2,"amount":"340282366920938463463374607431768211461",)"
        R"("timestamp_first":"3","timestamp_last":"4"}],"next":null})");
  CHECK(field(response, "Florin-Position").size() == 23);
  CHECK(f.transfers.asked.ids == ids<TransferId>({8}));
  CHECK(f.transfers.asked.states == std::vector<TransferState>{TransferState::voided});
  CHECK(f.transfers.asked.ledgers == ids<LedgerId>({700, 701}));
  CHECK(f.transfers.asked.metadata == MetadataFilter{{"k", {"v"}}});
  CHECK(f.transfers.asked_slice.timestamp_min == Timestamp{3});
  CHECK(f.transfers.asked_slice.timestamp_max == Timestamp{4});
  CHECK(f.get("/summary?ledger=800").status == 403);
  CHECK(f.get("/summary?code=x").status == 400);
}

TEST_CASE("a query that is too broad says what narrows it: fields with an index that were not given") {
  Fixture f;
  f.transfers.error = Error{Errc::too_broad, "It is too much."};
  for (const std::string path : {"", "/summary"}) {
    const Response refused = f.get(path);
    CHECK(refused.status == 422);
    CHECK(has(refused, R"("code":"query_too_broad")"));
    CHECK(has(
        refused,
        R"("detail":"It is too much. Narrow it by timestamp_min and timestamp_max, or by a field that has )"
        R"(an index: id, account_id, debit_account_id, credit_account_id, pending_id, state, ledger, code, )"
        R"(user_data_128, user_data_64, user_data_32, metadata.")"));
    CHECK(has(
        refused,
        R"("indexes":["id","account_id","debit_account_id","credit_account_id","pending_id","state","ledger",)"
        R"("code","user_data_128","user_data_64","user_data_32","metadata"])"));
  }
  const Response most = f.get(
      "?user_data_64=0&state=posted&user_data_32=0&ledger=700&code=1&metadata[a]=b&timestamp_min=4"
      "&amount_min=5&pending_id=0");
  CHECK(has(most, R"(Narrow it by timestamp_max, or by a field)"));
  CHECK(has(most, R"("indexes":["id","account_id","debit_account_id","credit_account_id","user_data_128"])"));
}

TEST_CASE("advice names nothing that would be refused or changes nothing") {
  Fixture f;
  f.transfers.error = Error{Errc::too_broad, "It is too much."};
  const std::string all_but =
      "?user_data_128=0&user_data_64=0&user_data_32=0&state=posted&code=1&metadata[a]=b"
      "&pending_id=0&timestamp_min=1&timestamp_max=2";
  CHECK(has(f.get(all_but + "&account_id=1&side=debit"), R"("indexes":["id","credit_account_id","ledger"])"));
  f.directory.known.ledgers = {{700}};  // to name the only ledger that it may see does not narrow anything
  const Response refused = f.get(all_but + "&account_id=1&side=credit&debit_account_id=2");
  CHECK(
      has(refused,
          R"("detail":"It is too much. Narrow it by a shorter time, or by a field that has an index: id.")"));
  CHECK(has(refused, R"("indexes":["id"])"));
  f.directory.known.all_ledgers = true;
  CHECK(has(f.get(all_but + "&account_id=1&side=credit&debit_account_id=2"), R"("indexes":["id","ledger"])"));
  CHECK_FALSE(has(f.get("?code=x"), "indexes"));
}
