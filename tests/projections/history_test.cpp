#include "engine/store/memory_store.hpp"
#include "tests/projections/history_rig.hpp"

using namespace florin;
using namespace florin::test;

TEST_CASE(
    "given a transfer, when it is asked for by id, then it is told as stored, and none for another book") {
  HistoryRig rig;
  rig.start();
  const Transfer made = rig.pay({41}, alice, bob);
  const TransferRow row = rig.transfer({41});
  CHECK(row.transfer == made);
  CHECK(row.state == TransferState::posted);
  CHECK(!HostedHistory(*rig.host).transfer(book, {42})->value);
  CHECK(!HostedHistory(*rig.host).transfer({8}, {41})->value);
}

TEST_CASE("given a pending transfer, when something becomes of it, then its state says what") {
  HistoryRig rig;
  rig.start();
  rig.pay({1}, alice, bob, transfer_flags::pending);
  CHECK(rig.transfer({1}).state == TransferState::pending);
  SUBCASE("posted") {
    rig.pay({2}, {}, {}, transfer_flags::post_pending_transfer, {1});
    CHECK(rig.transfer({1}).state == TransferState::posted);
    CHECK(rig.transfer({2}).state == TransferState::posted);
    CHECK(rig.transfer({2}).transfer.pending_id == TransferId{1});
  }
  SUBCASE("voided") {
    rig.pay({2}, {}, {}, transfer_flags::void_pending_transfer, {1});
    CHECK(rig.transfer({1}).state == TransferState::voided);
    CHECK(rig.list(bob, {}).rows[0].state == TransferState::voided);
  }
  SUBCASE("expired") {
    rig.log.append({rig.model.expire({1})});
    CHECK(rig.transfer({1}).state == TransferState::expired);
    CHECK(rig.list(alice, {}).rows.size() == 1);
  }
}

TEST_CASE("given transfers of three accounts, then each account lists its own, both sides, oldest first") {
  HistoryRig rig;
  rig.start();
  rig.pay({9}, alice, bob);
  rig.pay({5}, bob, carol);
  rig.pay({7}, carol, alice);
  CHECK(ids(rig.list(alice, {})) == std::vector<u128>{9, 7});
  HistoryFilter filter;
  filter.descending = true;
  CHECK(ids(rig.list(alice, filter)) == std::vector<u128>{7, 9});
  filter.side = Side::debit;
  CHECK(ids(rig.list(alice, filter)) == std::vector<u128>{9});
  filter.side = Side::credit;
  CHECK(ids(rig.list(alice, filter)) == std::vector<u128>{7});
  CHECK(rig.list({99}, {}).rows.empty());
}

TEST_CASE("given times at both ends, then they are inclusive, and extremes are no error") {
  HistoryRig rig;
  rig.start();
  const Timestamp first = rig.pay({1}, alice, bob).timestamp;
  const Timestamp second = rig.pay({2}, alice, bob).timestamp;
  rig.pay({3}, alice, bob);
  HistoryFilter filter;
  filter.timestamp_min = first;
  filter.timestamp_max = second;
  CHECK(ids(rig.list(alice, filter)) == std::vector<u128>{1, 2});
  filter.timestamp_min = second;
  filter.timestamp_max = first;
  CHECK(rig.list(alice, filter).rows.empty());
  filter = {};
  filter.cursor = Cursor{{~std::uint64_t{0}}};
  CHECK(rig.list(alice, filter).rows.empty());
  filter.cursor = Cursor{{0}};
  filter.descending = true;
  CHECK(rig.list(alice, filter).rows.empty());
}

TEST_CASE("given an id or account at the end of its range, then it is found and its neighbours are not") {
  HistoryRig rig;
  constexpr AccountId last{u128_max - 1};
  rig.log.append({rig.model.open_account(last, euro, 1)});
  rig.start();
  rig.pay({u128_max - 1}, last, bob);
  rig.pay({1}, alice, bob);
  CHECK(ids(rig.list(last, {})) == std::vector<u128>{u128_max - 1});
  CHECK(rig.transfer({u128_max - 1}).transfer.debit_account_id == last);
}

TEST_CASE("given more transfers than a page, then the cursor goes on exactly, and is none at the end") {
  HistoryRig rig;
  rig.start();
  for (std::uint64_t id = 1; id <= 5; ++id) rig.pay({id}, alice, bob);
  HistoryFilter filter;
  filter.limit = 2;
  auto page = rig.list(alice, filter);
  CHECK(ids(page) == std::vector<u128>{1, 2});
  filter.cursor = page.next;
  page = rig.list(alice, filter);
  CHECK(ids(page) == std::vector<u128>{3, 4});
  REQUIRE(page.next);
  rig.pay({6}, alice, bob);
  filter.cursor = page.next;
  page = rig.list(alice, filter);
  CHECK(ids(page) == std::vector<u128>{5, 6});
  CHECK(!page.next);
}

TEST_CASE(
    "given a descending list, when transfers are added between pages, then no row is lost or told twice") {
  HistoryRig rig;
  rig.start();
  for (std::uint64_t id = 1; id <= 4; ++id) rig.pay({id}, alice, bob);
  HistoryFilter filter;
  filter.limit = 2;
  filter.descending = true;
  auto page = rig.list(alice, filter);
  CHECK(ids(page) == std::vector<u128>{4, 3});
  rig.pay({5}, alice, bob);
  filter.cursor = page.next;
  page = rig.list(alice, filter);
  CHECK(ids(page) == std::vector<u128>{2, 1});
  CHECK(!page.next);
}

TEST_CASE("given a limit out of bounds, then it is refused") {
  HistoryRig rig;
  rig.start();
  HistoryFilter filter;
  for (const std::uint32_t limit : {0u, page_items_max + 1}) {
    filter.limit = limit;
    const auto answer = HostedHistory(*rig.host).account_transfers(book, alice, filter);
    REQUIRE(!answer);
    CHECK(answer.error().code == Errc::invalid_argument);
  }
}

TEST_CASE(
    "given a filter that hardly anything passes, then a page ends at the bound with a cursor that goes on") {
  HistoryRig rig;
  std::vector<Event> events;
  constexpr std::uint64_t count = scan_rows_max + 500;
  Transfer made;
  made.debit_account_id = alice;
  made.credit_account_id = bob;
  made.amount.value = 1;
  for (std::uint64_t id = 1; id <= count; ++id) {
    made.id.value = id;
    made.code = id == count ? 2 : 1;
    made.user_data_128 = id == count ? 2 : 1;
    events.push_back(rig.model.transfer(made));
  }
  rig.log.append(std::move(events));
  rig.start();
  HistoryFilter filter;
  SUBCASE("told by the account's rows") { filter.transfer.codes = {2}; }
  SUBCASE("told by the transfers") { filter.transfer.user_data_128 = {2}; }
  auto page = rig.list(alice, filter);
  CHECK(page.rows.empty());
  REQUIRE(page.next);
  filter.cursor = page.next;
  page = rig.list(alice, filter);
  CHECK(ids(page) == std::vector<u128>{count});
  CHECK(!page.next);
  filter.cursor = page.previous;  // going back ends at the bound as well
  page = rig.list(alice, filter);
  CHECK(page.rows.empty());
  REQUIRE(page.previous);
  filter.cursor = page.previous;
  page = rig.list(alice, filter);
  CHECK(page.rows.empty());
  CHECK(!page.previous);
}

TEST_CASE("given stored rows that were damaged, then they are refused and not guessed at") {
  using namespace history_rows;
  Bytes entry = encode(AccountEntry{{5}, true, 9, AccountMoment{{{1}, {2}, {3}, {4}}, 0, false}, {}});
  const auto whole = [&] {
    Reader in(entry);
    read_entry({5}, in);
    return in.done();
  };
  CHECK(whole());
  for (unsigned bits = 0; bits < 256; ++bits) {
    entry[0] = static_cast<std::uint8_t>(bits);
    CAPTURE(bits);
    const bool balances_follow = (bits & 2) != 0, closed_follows = (bits & 16) != 0;
    const bool only_expiries_reopen = (bits & 8) == 0 || (bits & 4) != 0;
    CHECK(whole() == (bits < 64 && balances_follow && !closed_follows && only_expiries_reopen));
  }
  const Bytes state{4};
  Reader in(state);
  read_state(in);
  CHECK(!in.done());
}

TEST_CASE("given an entry of a transfer or an expiry, when it is written and read, then it is the same") {
  using namespace history_rows;
  const AccountMoment moment{{{1}, {2}, {3}, {u128_max}}, 2, true};
  const std::vector<AccountEntry> entries{{{5}, true, 9, std::nullopt, std::nullopt},
                                          {{5}, false, 65535, moment, std::nullopt},
                                          {{5}, true, 0, moment, Release{{u128_max}, true}},
                                          {{5}, false, 0, AccountMoment{}, Release{{7}, false}}};
  for (const AccountEntry& entry : entries) {
    const Bytes value = encode(entry);
    Reader in(value);
    const AccountEntry read = read_entry({5}, in);
    CHECK(in.done());
    CHECK(read.timestamp == Timestamp{5});
    CHECK(read.credit == entry.credit);
    CHECK(read.code == entry.code);
    CHECK(read.moment == entry.moment);
    CHECK(read.expiry == entry.expiry);
  }
}

TEST_CASE("given ids that ascend and ids that do not, then each tells its timestamp and no other does") {
  MemoryStore store;
  TransferIds ids;
  std::map<u128, Timestamp> made;
  std::uint64_t time = 0;
  const auto write = [&](const std::vector<u128>& batch) {
    RowBuffer rows;
    StoreBatch changes;
    for (const u128 id : batch) ids.add(book, {id}, made[id] = {time += 10});
    REQUIRE(ids.write(rows, store));
    rows.move_into(changes);
    const std::size_t count = changes.operations().size();
    REQUIRE(store.write(changes));
    return count;
  };
  const auto run = [](u128 first, u128 step, std::size_t count) {
    std::vector<u128> batch;
    for (std::size_t i = 0; i < count; ++i) batch.push_back(first + step * i);
    return batch;
  };
  CHECK(write(run(1'000, 10, 2 * id_run_max)) == 2);
  CHECK(write(run(1'005, 10, 20)) == 20);  // within a run that is stored
  CHECK(write(run(900, 10, 20)) == 20);    // into one
  CHECK(write(run(100, 10, 20)) == 1);     // before all
  CHECK(write(run(500, 1, id_run_min - 1)) == id_run_min - 1);
  CHECK(write({7, 3, 5, 1, u128_max, 0}) == 6);
  CHECK(write(run(10'000, 3, 20)) == 1);
  auto crossing = run(20'000, 10, 20);
  for (const u128 id : run(20'005, 10, 20)) crossing.push_back(id);  // within a run of the same batch
  CHECK(write(crossing) == 21);
  for (u128 id = 0; id < 30'000; ++id) {
    const auto found = transfer_time(store, book, {id});
    REQUIRE(found);
    const auto wanted = made.find(id);
    CHECK(*found == (wanted == made.end() ? std::nullopt : std::optional(wanted->second)));
  }
  CHECK(*transfer_time(store, book, {u128_max}) == made.at(u128_max));
  CHECK(*transfer_time(store, {8}, {1'000}) == std::nullopt);
}

TEST_CASE(
    "given an account's transfers of one batch, then they share rows, and any moment and page finds its "
    "own") {
  MemoryStore store;
  EntryBuffer entries;
  for (std::uint64_t at = 1; at <= 2 * history_rows::row_entries_max + 1; ++at)
    for (const AccountId account : {bob, alice})
      entries.add(book, account, {{at * 7}, account == bob, 1, std::nullopt, std::nullopt});
  StoreBatch batch;
  entries.move_into(batch);
  CHECK(batch.operations().size() == 6);
  std::vector<Timestamp> found;
  for (const RowChange& row : batch.operations())
    CHECK(history_rows::each_entry({last_big_endian<std::uint64_t>(row.key)}, *row.value,
                                   [&](const auto& entry) { found.push_back(entry.timestamp); }));
  CHECK(found.size() == 4 * history_rows::row_entries_max + 2);
  CHECK(std::is_sorted(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(found.size() / 2)));
  for (Bytes row : {Bytes{}, Bytes{0}, Bytes{0, 1, 7}, Bytes{64, 1}})
    CHECK(!history_rows::each_entry({5}, row, [](const auto&) {}));
}
