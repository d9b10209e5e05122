// The lists of an account: what is asked reaches the read model as it is said.
#include <doctest/doctest.h>

#include "tests/gateway/queries/rig.hpp"

using namespace florin;
using namespace florin::testing;

namespace {

using Fixture = TwoLedgersRig;

}  // namespace

TEST_CASE("the filters of a list reach the history as they are said") {
  Fixture f;
  const std::string path = "/api/v1/ledger/accounts/1/transfers";
  CHECK(f.get(path).status == 200);
  CHECK(f.history.asked.limit == 100);
  CHECK_FALSE(f.history.asked.descending);
  CHECK(
      f.get(path +
            "?limit=1000&order=desc&timestamp_min=5&timestamp_max=18446744073709551615&side=credit&code=65535"
            "&user_data_128=340282366920938463463374607431768211455&user_data_64=0&user_data_32=4294967295")
          .status == 200);
  CHECK(f.history.asked.limit == 1000);
  CHECK(f.history.asked.descending);
  CHECK(f.history.asked.timestamp_min == Timestamp{5});
  CHECK(f.history.asked.side == Side::credit);
  CHECK(f.history.asked.transfer.codes == std::vector<std::uint16_t>{65535});
  CHECK(f.history.asked.transfer.user_data_128 == std::vector<u128>{u128_max});
  CHECK(f.history.asked.transfer.user_data_64 == std::vector<std::uint64_t>{0});
  CHECK(f.history.asked.transfer.user_data_32 == std::vector<std::uint32_t>{4294967295U});
  CHECK(f.get(path +
              "?code=3,2&amount_min=5&amount_max=6&state=voided&flags=pending&pending_id=7&metadata[k]=v")
            .status == 200);
  TransferFilter expected;
  expected.codes = {2, 3};
  expected.amount_min = {5};
  expected.amount_max = {6};
  expected.states = {TransferState::voided};
  expected.flags = transfer_flags::pending;
  expected.pending_ids = {{7}};
  expected.metadata = {{"k", {"v"}}};
  CHECK(f.history.asked.transfer == expected);

  for (const std::string_view bad : {"limit=0", "limit=1001", "limit=x", "limit=01", "order=up", "side=any",
                                     "code=65536", "timestamp_min=-1", "timestamp_max=18446744073709551616",
                                     "user_data_32=4294967296", "cursor=abc", "ledger=x"}) {
    CAPTURE(bad);
    const Response response = f.get(path + "?" + std::string(bad));
    CHECK(response.status == 400);
    CHECK(has(response, "\"parameter\":\"" + std::string(bad.substr(0, bad.find('='))) + "\""));
  }
}

TEST_CASE("a cursor goes on where its page ended, in its own list only") {
  Fixture f;
  f.history.page = {{f.history.transfers[700]}, Cursor{{9}, false}, Cursor{{8}, true}};
  const std::string path = "/api/v1/ledger/accounts/1/transfers?order=desc&limit=1";
  const Response first = f.get(path);
  const std::string cursor = text_member(first, "next");
  f.history.page = {};
  CHECK(f.get(path + "&cursor=" + text_member(first, "previous")).status == 200);
  CHECK(f.history.asked.cursor == Cursor{{8}, true});
  const Response second = f.get(path + "&cursor=" + cursor);
  CHECK(second.body == R"({"data":[],"next":null,"previous":null})");
  CHECK(f.history.asked.cursor == Cursor{{9}, false});
  CHECK(f.get("/api/v1/ledger/accounts/1/transfers?cursor=" + cursor).status == 400);
  CHECK(f.get("/api/v1/ledger/accounts/1/balances?order=desc&cursor=" + cursor).status == 400);
}

TEST_CASE("a ledger that is not the account's own has none of its transfers") {
  Fixture f;
  f.history.page = {{f.history.transfers[700]}, std::nullopt, std::nullopt};
  CHECK(has(f.get("/api/v1/ledger/accounts/1/transfers?ledger=700"), "\"id\":\"700\""));
  CHECK(has(f.get("/api/v1/ledger/accounts/1/transfers?ledger=701,700"), "\"id\":\"700\""));
  CHECK(f.get("/api/v1/ledger/accounts/1/transfers?ledger=701").body ==
        R"({"data":[],"next":null,"previous":null})");
}
