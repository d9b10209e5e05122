// Transactions as they are shown and listed, and only to clients that are granted all of their ledgers.
#include <doctest/doctest.h>

#include "gateway/queries/queries.hpp"
#include "tests/gateway/queries/rig.hpp"

using namespace florin;
using namespace florin::testing;

namespace {

TransactionRow sale() {
  TransactionRow row;
  row.transaction.id = {1};
  row.transaction.user_data_64 = 5;
  row.transaction.code = 9;
  row.transaction.flags = transaction_flags::imported | transaction_flags::whole;
  row.transaction.timestamp = {3};
  row.transaction.postings = {{{7}, PostingSide::debit, {12}, {700}},
                              {{8}, PostingSide::credit, {12}, {700}}};
  row.transaction.metadata = {{"order", "A-17"}, {"quote", "\""}};
  row.reversed = {{2}, {2}};
  row.reversals = {{4}, {5}};
  row.legs = 1;
  return row;
}

}  // namespace

TEST_CASE("a transaction is shown whole, with the position") {
  QueriesRig f;
  f.transactions.found[1] = sale();
  const Response response = f.get("/api/v1/ledger/transactions/1");
  CHECK(response.status == 200);
  CHECK(
      response.body ==
      R"({"id":"1","reversal_of":null,"reversals":["4","5"],"user_data_128":"0","user_data_64":"5",)"
      R"("user_data_32":0,"code":9,"flags":["imported"],"timestamp":"3","postings":[)"
      R"({"account_id":"7","side":"debit","amount":"12","ledger":700,"reversed":"2"},)"
      R"({"account_id":"8","side":"credit","amount":"12","ledger":700,"reversed":"2"}],)"
      R"("transfers":["170141183460469231731687303715884106752"],"metadata":{"order":"A-17","quote":"\""}})");
  CHECK(field(response, "Florin-Position").size() == 23);
  f.transactions.found[1].transaction.reversal_of = {6};
  CHECK(has(f.get("/api/v1/ledger/transactions/1"), R"("reversal_of":"6")"));
}

TEST_CASE("a transaction that is not there is 404, one with a posting elsewhere 403, no id 400") {
  QueriesRig f;
  CHECK(has(f.get("/api/v1/ledger/transactions/2"), "transaction_not_found"));
  CHECK(f.get("/api/v1/ledger/transactions/2").status == 404);
  f.transactions.found[1] = sale();
  f.transactions.found[1].transaction.postings.push_back({{9}, PostingSide::debit, {0}, {800}});
  const Response refused = f.get("/api/v1/ledger/transactions/1");
  CHECK(refused.status == 403);
  CHECK(has(refused, "ledger_not_granted"));
  CHECK(f.get("/api/v1/ledger/transactions/x").status == 400);
}

TEST_CASE("the filters of transactions reach the read model as they are said") {
  QueriesRig f;
  const std::string path = "/api/v1/ledger/transactions";
  CHECK(f.get(path +
              "?id=6,5&code=1,2&user_data_128=3&user_data_64=4&user_data_32=5&account_id=7,8&ledger=700"
              "&reversal_of=9&timestamp_min=1&timestamp_max=2&limit=3&order=desc&metadata[k]=v")
            .status == 200);
  const TransactionFilter& asked = f.transactions.asked;
  CHECK(asked.ids == std::vector<TransactionId>{{5}, {6}});
  CHECK(asked.codes == std::vector<std::uint16_t>{1, 2});
  CHECK(asked.user_data_128 == std::vector<u128>{3});
  CHECK(asked.user_data_64 == std::vector<std::uint64_t>{4});
  CHECK(asked.user_data_32 == std::vector<std::uint32_t>{5});
  CHECK(asked.accounts == std::vector<AccountId>{{7}, {8}});
  CHECK(asked.ledgers == std::vector<LedgerId>{{700}});
  CHECK(asked.visible == std::vector<LedgerId>{{700}, {701}});
  CHECK(asked.reversal_of == std::vector<TransactionId>{{9}});
  CHECK(asked.metadata == MetadataFilter{{"k", {"v"}}});
  CHECK(f.transactions.asked_slice.descending);
  CHECK(f.transactions.asked_slice.limit == 3);
  CHECK(f.get(path + "?ledger=800").status == 403);
  CHECK(f.get(path + "?reversal_of=x").status == 400);
  f.directory.known.all_ledgers = true;
  CHECK(f.get(path).status == 200);
  CHECK_FALSE(f.transactions.asked.visible.has_value());
}

TEST_CASE("a list of transactions has cursors both ways") {
  QueriesRig f;
  f.transactions.page = {{sale()}, Cursor{{9}}, Cursor{{8}, true}};
  const Response page = f.get("/api/v1/ledger/transactions");
  CHECK(has(page, R"({"data":[{"id":"1",)"));
  CHECK_FALSE(has(page, R"("next":null)"));
  CHECK_FALSE(has(page, R"("previous":null)"));
}

TEST_CASE("a query for transactions that is too broad says what narrows it") {
  QueriesRig f;
  f.transactions.error = Error{Errc::too_broad, "It is too much."};
  const Response refused = f.get("/api/v1/ledger/transactions?reversal_of=0&user_data_64=0");
  CHECK(refused.status == 422);
  CHECK(has(refused,
            R"("indexes":["id","account_id","ledger","code","user_data_128","user_data_32","metadata"])"));
}
