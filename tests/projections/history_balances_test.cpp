// An account's balances after each of its transfers.
#include "tests/projections/history_rig.hpp"

using namespace florin;
using namespace florin::test;

TEST_CASE("given filters of transfers, then a balance is listed when its transfer fits") {
  HistoryRig rig;
  rig.start();
  rig.pay({1}, alice, bob, transfer_flags::pending);
  rig.pay({2}, {}, {}, transfer_flags::post_pending_transfer, {1});
  const Transfer named = rig.pay({3}, bob, alice);
  rig.pay({4}, alice, bob);
  MetadataSet set{{TargetKind::transfer, 3}, named.timestamp, {{"city", std::nullopt, "Paris"}}};
  rig.log.append({Event{{rig.model.now()}, book, 0, std::move(set)}});
  const auto check = [&](const HistoryFilter& filter, const std::vector<u128>& wanted) {
    const auto transfers = rig.list(alice, filter);
    CHECK(ids(transfers) == wanted);
    const auto balances = rig.balances(alice, filter);
    REQUIRE(balances.rows.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      CHECK(balances.rows[i].timestamp == transfers.rows[i].transfer.timestamp);
  };
  HistoryFilter filter;
  filter.side = Side::credit;
  check(filter, {3});
  filter = {};
  filter.transfer.ledgers = {{euro}};
  check(filter, {1, 2, 3, 4});
  filter.transfer.ledgers = {{{5}}};
  check(filter, {});
  filter = {};
  filter.transfer.flags = transfer_flags::pending;
  check(filter, {1});
  filter = {};
  filter.transfer.pending_ids = {{1}};
  check(filter, {2});
  filter = {};
  filter.transfer.states = {TransferState::posted};
  filter.transfer.user_data_64 = {0, 1};
  check(filter, {1, 3, 4});
  filter = {};
  filter.transfer.metadata = {{"city", {"Paris"}}};
  check(filter, {3});
}

TEST_CASE("given accounts with and without a history, then only the first kind lists balances") {
  HistoryRig rig;
  rig.start();
  const Timestamp first = rig.pay({1}, alice, bob).timestamp;
  const Timestamp second = rig.pay({2}, carol, alice, transfer_flags::pending).timestamp;
  const auto page = rig.balances(alice, {});
  REQUIRE(page.rows.size() == 2);
  CHECK(page.rows[0].timestamp == first);
  CHECK(page.rows[0].balances == Balances{{0}, {10}, {0}, {0}});
  CHECK(page.rows[1].timestamp == second);
  CHECK(page.rows[1].balances == Balances{{0}, {10}, {10}, {0}});
  CHECK(rig.balances(bob, {}).rows.empty());
  CHECK(rig.balances({99}, {}).rows.empty());
}
