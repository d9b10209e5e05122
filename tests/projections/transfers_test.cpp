#include "tests/projections/transfers_rig.hpp"

using namespace florin;
using namespace florin::test;

TEST_CASE("given transfers of two ledgers, then those of a ledger, a code or both are found") {
  TransfersRig rig;
  Transfer transfer = rig.made(1);
  rig.pay(transfer);
  transfer = rig.made(2);
  transfer.code = 2;
  rig.pay(transfer);
  rig.pay(rig.made(3, carla, dora));
  TransferFilter filter;
  CHECK(rig.ids(filter) == Ids{1, 2, 3});
  filter.ledgers = {{euro}};
  CHECK(rig.ids(filter) == Ids{1, 2});
  filter.codes = {2};
  CHECK(rig.ids(filter) == Ids{2});
  filter.ledgers = {{dollar}};
  CHECK(rig.ids(filter).empty());
  filter.ledgers = std::nullopt;
  filter.codes = {1};
  CHECK(rig.ids(filter) == Ids{1, 3});
  filter.ledgers = std::vector<LedgerId>{};
  CHECK(rig.ids(filter).empty());
  filter = {};
  filter.ledgers = {{{5}}};
  CHECK(rig.ids(filter).empty());
}

TEST_CASE("given an account on either side, then a filter may say on which") {
  TransfersRig rig;
  rig.pay(rig.made(1, alice, bob));
  rig.pay(rig.made(2, bob, alice));
  rig.pay(rig.made(3, carla, dora));
  TransferFilter filter;
  filter.accounts = {alice, dora};
  CHECK(rig.ids(filter) == Ids{1, 2, 3});
  filter.accounts = {};
  filter.debit_accounts = {alice};
  CHECK(rig.ids(filter) == Ids{1});
  filter.credit_accounts = {alice};
  CHECK(rig.ids(filter).empty());
  filter.debit_accounts = {};
  CHECK(rig.ids(filter) == Ids{2});
}

TEST_CASE("given many ids, then those that there are come in the order of time") {
  TransfersRig rig;
  rig.bounds.page_rows = rig.bounds.summary_rows = 1'000;
  for (u128 id = 1'000; id > 0; --id) rig.pay(rig.made(id));
  TransferFilter filter;
  filter.ids = {{3}, {1'001}, {900}, {500}};
  CHECK(rig.ids(filter) == Ids{900, 500, 3});
  Slice slice;
  slice.descending = true;
  slice.limit = 2;
  CHECK(rig.ids(filter, slice) == Ids{3, 500});
  CHECK(HostedTransfers(*rig.host, rig.bounds).sums(book, filter, {})->value[0].count == 3);
  filter.amount_min = {4};
  filter.ledgers = {{euro}};
  CHECK(rig.ids(filter) == Ids{900, 500});
  filter.ids = {{1'001}};
  CHECK(rig.ids(filter).empty());
  CHECK(HostedTransfers(*rig.host).transfers({8}, {}, {})->value.rows.empty());
}

TEST_CASE("given user data, then zero finds what was given none") {
  TransfersRig rig;
  Transfer transfer = rig.made(1);
  transfer.user_data_128 = u128_max;
  transfer.user_data_64 = 5;
  transfer.user_data_32 = 6;
  rig.pay(transfer);
  rig.pay(rig.made(2));
  TransferFilter filter;
  filter.user_data_128 = {u128_max};
  CHECK(rig.ids(filter) == Ids{1});
  filter.user_data_64 = {5};
  filter.user_data_32 = {6, 7};
  CHECK(rig.ids(filter) == Ids{1});
  filter.user_data_32 = {0};
  CHECK(rig.ids(filter).empty());
  filter = {};
  filter.user_data_64 = {0};
  CHECK(rig.ids(filter) == Ids{2});
  filter.user_data_64 = {0, 5};
  CHECK(rig.ids(filter) == Ids{1, 2});
}

TEST_CASE("given pending transfers, then those in a state are found, and what resolved one") {
  TransfersRig rig;
  for (const u128 id : {1, 2, 3, 4}) {
    Transfer pending = rig.made(id);
    pending.flags = transfer_flags::pending;
    rig.pay(pending);
  }
  Transfer post = rig.made(11), unpost = rig.made(12);
  post.flags = transfer_flags::post_pending_transfer;
  post.pending_id = {1};
  rig.pay(post);
  unpost.flags = transfer_flags::void_pending_transfer;
  unpost.pending_id = {2};
  rig.pay(unpost);
  rig.log.append({rig.model.expire({3})});
  TransferFilter filter;
  filter.states = {TransferState::pending};
  CHECK(rig.ids(filter) == Ids{4});
  filter.states = {TransferState::voided, TransferState::expired};
  CHECK(rig.ids(filter) == Ids{2, 3});
  filter.states = {TransferState::posted};
  CHECK(rig.ids(filter) == Ids{1, 11, 12});
  filter = {};
  filter.pending_ids = {{1}, {2}, {3}};
  CHECK(rig.ids(filter) == Ids{11, 12});
  filter.pending_ids = {{4}};
  CHECK(rig.ids(filter).empty());
  filter = {};
  filter.flags = transfer_flags::post_pending_transfer | transfer_flags::void_pending_transfer;
  CHECK(rig.ids(filter) == Ids{11, 12});
}

// An index of open holds must not be slowed by those that are over.
TEST_CASE("given very many pending transfers that are resolved, then the open ones are found at once") {
  TransfersRig rig;
  rig.bounds.page_rows = 1'000;
  std::uint64_t now = rig.model.now();
  const auto add = [&](std::vector<Event>& events, std::uint16_t flags, TransferId id, TransferId pending) {
    Transfer transfer = rig.made(id.value);
    transfer.flags = flags;
    transfer.pending_id = pending;
    transfer.timestamp = {++now};
    events.push_back({{now}, book, 0, TransferCreated{transfer, {}, {}}});
  };
  for (u128 first = 1; first < 900; first += 300) {
    std::vector<Event> events;
    for (u128 id = first; id < first + 300; ++id) add(events, transfer_flags::pending, {id}, {});
    for (u128 id = first; id < first + 300; ++id)
      if (id != 500)
        add(events,
            id % 2 == 0 ? transfer_flags::void_pending_transfer : transfer_flags::post_pending_transfer,
            {id + 1'000}, {id});
    rig.log.append(std::move(events));
  }
  TransferFilter filter;
  filter.states = {TransferState::pending};
  CHECK(rig.ids(filter) == Ids{500});
}

TEST_CASE("given amounts at both ends, then they are inclusive") {
  TransfersRig rig;
  for (const u128 id : {1, 2, 3, 4}) rig.pay(rig.made(id));
  TransferFilter filter;
  filter.amount_min = {2};
  filter.amount_max = {3};
  CHECK(rig.ids(filter) == Ids{2, 3});
  std::swap(filter.amount_min, filter.amount_max);
  CHECK(rig.ids(filter).empty());
}

TEST_CASE("given transfers of two ledgers, then they are summed up apart, beyond 128 bits too") {
  TransfersRig rig;
  std::vector<Timestamp> times;
  for (int i = 0; i < 3; ++i) {
    rig.log.append({rig.model.transfer(rig.made(u128(i) + 1))});
    times.push_back({rig.model.now()});
  }
  // The books of a test need not be possible: these two alone pass 2^128.
  for (int i = 0; i < 2; ++i) {
    Transfer huge = rig.made(u128(i) + 10, carla, dora);
    huge.amount = amount_max;
    huge.ledger = dollar;
    huge.timestamp = {rig.model.now() + 1 + static_cast<std::uint64_t>(i)};
    rig.log.append({Event{huge.timestamp, book, 0, TransferCreated{huge, {}, {}}}});
  }
  rig.catch_up();
  const HostedTransfers query(*rig.host);
  auto rows = query.sums(book, {}, {})->value;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].ledger == euro);
  CHECK(rows[0].count == 3);
  CHECK(to_string(rows[0].amount) == "6");
  CHECK(rows[0].first == times[0]);
  CHECK(rows[0].last == times[2]);
  CHECK(to_string(rows[1].amount) == "680564733841876926926749214863536422910");
  rows = query.sums(book, {}, {times[1], times[1]})->value;
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].count == 1);
  TransferFilter none;
  none.codes = {9};
  CHECK(query.sums(book, none, {})->value.empty());
}

TEST_CASE("given a filter that no index knows and too many transfers, then it is refused") {
  TransfersRig rig;
  rig.bounds.page_rows = 1'000;
  for (u128 id = 1; id <= 1'000; ++id) {
    Transfer transfer = rig.made(id);
    transfer.user_data_32 = id == 800 ? 9 : 0;
    rig.pay(transfer);
  }
  TransferFilter filter;
  filter.amount_min = filter.amount_max = {800};
  const auto refused = rig.ask(filter);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::too_broad);
  CHECK(refused.error().message == "The query would look at more than 1000 rows.");
  Slice slice;
  slice.timestamp_min = {rig.model.entries()[700].transfer.timestamp};
  slice.timestamp_max = {rig.model.entries()[900].transfer.timestamp};
  CHECK(rig.ids(filter, slice) == Ids{800});
  filter.user_data_32 = {9};
  filter.codes = {1};
  CHECK(rig.ids(filter) == Ids{800});
}
