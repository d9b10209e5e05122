// The rows of the state: what is stored is what is read, and damage is told.
#include "tests/engine/ledger/bank.hpp"

namespace florin::ledger::test {
namespace {

Account full_account() {
  Account a = account(u128_max - 1, 0x3f, 0xffffffff);
  a.balances = {{u128_max}, {1}, {128}, {u128_max - 5}};
  a.user_data_128 = u128_max;
  a.user_data_64 = ~std::uint64_t{0};
  a.user_data_32 = ~std::uint32_t{0};
  a.code = 0xffff;
  a.timestamp.value = timestamp_max;
  return a;
}

TransferRow full_transfer() {
  Transfer t = transfer(u128_max - 1, u128_max - 2, 5, u128_max, 0x1ff);
  t.pending_id.value = u128{1} << 100;
  t.user_data_128 = 7;
  t.user_data_64 = 8;
  t.user_data_32 = 9;
  t.timeout = ~std::uint32_t{0};
  t.timestamp.value = 77;
  return {t, PendingStatus::expired};
}

TEST_CASE("given a row, what is written is what is read") {
  const Account a = full_account();
  CHECK(decode_account({{1}, a.id}, encode_row(AccountRow(a))) == AccountRow(a));
  CHECK(decode_account({{1}, {3}}, encode_row(AccountRow(account(3)))) == AccountRow(account(3)));
  const TransferRow t = full_transfer();
  CHECK(decode_transfer({{1}, t.transfer.timestamp}, encode_row(t)) == t);
  CHECK(decode_transfer_id({{1}, {3}}, encode_row(TransferIdRow{{5}})) == TransferIdRow{{5}});
  CHECK(decode_transfer_id({{1}, {3}}, encode_row(TransferIdRow{}))->burnt());
  CHECK(decode_account_time({{1}, {3}}, encode_row(AccountId{u128_max})) == AccountId{u128_max});
  CHECK(decode_marks({1}, encode_row(BookMarks{{5}, {6}, {u128_max}})) == BookMarks{{5}, {6}, {u128_max}});
}

TEST_CASE("given a key, what is written is what is read, and keys order as their numbers do") {
  CHECK(parse_account_key(account_key({{7}, {u128_max - 1}})) == InBook<AccountId>{{7}, {u128_max - 1}});
  CHECK(parse_transfer_id_key(transfer_id_key({{7}, {9}})) == InBook<TransferId>{{7}, {9}});
  CHECK(parse_transfer_key(transfer_key({{7}, {9}})) == InBook<Timestamp>{{7}, {9}});
  CHECK(parse_account_time_key(account_time_key({{7}, {9}})) == InBook<Timestamp>{{7}, {9}});
  CHECK(parse_marks_key(marks_key({7})) == BookId{7});
  CHECK(parse_expiry_key(expiry_key({{1}, {2}, {3}})) == Expiry{{1}, {2}, {3}});
  CHECK(account_key({{1}, {u128_max}}) < account_key({{2}, {0}}));
  CHECK(account_key({{1}, {255}}) < account_key({{1}, {256}}));
  CHECK(expiry_key({{1}, {9}, {9}}) < expiry_key({{2}, {1}, {1}}));
  CHECK(account_key({{7}, {9}}) == Bytes{'A', 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9});
}

TEST_CASE("given every prefix of a row and a byte too many, none is taken for the row") {
  const Bytes of_account = encode_row(AccountRow(full_account()));
  const Bytes of_transfer = encode_row(full_transfer());
  for (const Bytes& whole : {of_account, of_transfer}) {
    for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
      Bytes bytes = whole;
      bytes.resize(size);
      if (size == whole.size()) continue;
      State state;
      CHECK_FALSE(
          load(state, whole == of_account ? account_key({{1}, {1}}) : transfer_key({{1}, {1}}), bytes));
    }
  }
}

TEST_CASE("given damaged rows, loading says which and what to do") {
  State state;
  const Bytes empty;
  Bytes status_unknown = encode_row(full_transfer());
  status_unknown.back() = 5;
  const auto refused = [&](const Bytes& key, std::optional<ByteView> value) {
    const auto loaded = load(state, key, value);
    return !loaded && loaded.error().code == Errc::corrupt;
  };
  CHECK(refused({}, std::nullopt));
  CHECK(refused({'Z'}, std::nullopt));
  CHECK(refused({'A', 0}, std::nullopt));
  CHECK(refused(account_key({{1}, {1}}), empty));
  CHECK(refused(transfer_id_key({{1}, {1}}), empty));
  CHECK(refused(transfer_key({{1}, {1}}), status_unknown));
  CHECK(refused(account_time_key({{1}, {1}}), empty));
  CHECK(refused(marks_key({1}), empty));
  CHECK(refused(expiry_key({{1}, {1}, {1}}), status_unknown));
  CHECK(refused(expiry_key({{1}, {1}, {1}}), std::nullopt));
  CHECK(load(state, marks_key({1}), empty).error().message ==
        "the state's ledger row with key 4600000001 does not follow its grammar; remove the state so that it "
        "is rebuilt "
        "from the journal");
}

TEST_CASE("given changes, they come out sorted by key, once, and within the ledger's range") {
  World world;
  OpenLedgers ledgers({1});
  State& state = world.state();
  const CreateAccounts open{{account(9), account(3), account(300)}};
  Fetch fetch;
  collect(world.book, open, state, fetch);
  for (const Bytes& key : keys(fetch)) REQUIRE(load(state, key, std::nullopt));
  std::vector<Event> events;
  create_accounts(state, {world.book, 0, world.time, ledgers}, open, events);
  std::vector<Bytes> changed;
  const auto note = [&](const RowChange& row) { changed.emplace_back(row.key.begin(), row.key.end()); };
  changes(state, note);
  REQUIRE(changed.size() == 7);
  for (std::size_t i = 1; i < changed.size(); ++i) CHECK(changed[i - 1] < changed[i]);
  CHECK(changed.front() >= all_rows().first);
  CHECK(changed.back() < all_rows().last);
  settle(state);
  changed.clear();
  changes(state, note);
  CHECK(changed.empty());
}

TEST_CASE("given a fetch, its keys are sorted and each is asked for once") {
  State state;
  const CreateTransfers batch{
      {transfer(900, 300, 2, 4), transfer(7, 2, 300, 4), post(7, 900), imported(post(8, 1), 5)}};
  const auto wanted = [&] {
    Fetch fetch;
    collect({1}, batch, state, fetch);
    const auto found = keys(fetch);
    for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i - 1] < found[i]);
    return found.size();
  };
  CHECK(wanted() == 4);  // two accounts, one account time, the book's marks
  BookMarks marks;
  marks.greatest_transfer_id = {8};
  REQUIRE(load(state, marks_key({1}), encode_row(marks)));
  CHECK(wanted() == 6);  // no marks any more, but the three ids that are not greater than all before
}

TEST_CASE("given warm and cold memory, the same commands leave the same rows and events") {
  const auto day = [](Memory memory) {
    Bank bank(memory);
    bank.answers(
        {hold(1, Bank::alice, Bank::bob, 30, 1), hold(2, Bank::wallet, Bank::bob, 30), post(3, 2, 10)});
    bank.pass_s(2);
    bank.answers({linked(transfer(4, Bank::alice, Bank::bob, 1)), transfer(5, Bank::wallet, Bank::bob, 500)});
    return std::pair(bank.rows, bank.history);
  };
  CHECK(day(Memory::warm) == day(Memory::cold));
}

}  // namespace
}  // namespace florin::ledger::test
