#include "projections/transactions.hpp"

#include "projections/find_page.hpp"
#include "projections/transfers.hpp"
#include "tests/projections/rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};
constexpr LedgerId euro{700}, dollar{800};
constexpr AccountId alice{1}, bob{2}, shop{3}, bank{4};

Posting debit(AccountId account, u128 amount, LedgerId ledger = euro) {
  return {account, PostingSide::debit, {amount}, ledger};
}
Posting credit(AccountId account, u128 amount, LedgerId ledger = euro) {
  return {account, PostingSide::credit, {amount}, ledger};
}

// Makes the events that an engine publishes for a transaction. How legs match postings is the engine's
// business; here each leg goes from the first account to the last.
struct TransactionsRig : Rig<HistoryView> {
  std::uint64_t now = 1000;

  TransactionsRig() { start(); }
  Transaction made(u128 id, std::vector<Posting> postings) {
    Transaction transaction;
    transaction.id.value = id;
    transaction.code = 1;
    transaction.postings = std::move(postings);
    return transaction;
  }
  std::vector<Event> events(Transaction transaction, std::uint32_t legs) {
    transaction.timestamp = {++now};
    std::vector<Event> made{{{now}, book, 0, TransactionCreated{transaction, legs}}};
    for (std::uint32_t i = 0; i < legs; ++i) {
      Transfer leg;
      leg.id = leg_id(transaction.id, i);
      leg.debit_account_id = transaction.postings.front().account;
      leg.credit_account_id = transaction.postings.back().account;
      leg.ledger = transaction.postings.front().ledger;
      leg.code = transaction.code;
      leg.timestamp = {++now};
      made.push_back({{now}, book, 0, TransferCreated{leg, {}, {}}});
    }
    return made;
  }
  void post(Transaction transaction, std::uint32_t legs = 1) {
    log.append(events(std::move(transaction), legs));
  }
  void reverse(u128 id, u128 original, std::vector<Posting> postings) {
    Transaction reversal = made(id, std::move(postings));
    reversal.reversal_of.value = original;
    post(reversal);
  }
  TransactionRow get(u128 id) {
    catch_up();
    const auto answer = HostedTransactions(*host).transaction(book, {id});
    REQUIRE(answer);
    REQUIRE(answer->value);
    CHECK(answer->at == log.tail().position);
    return *answer->value;
  }
  Page<TransactionRow> page(const TransactionFilter& filter, const Slice& slice = {}) {
    catch_up();
    auto answer = HostedTransactions(*host).transactions(book, filter, slice);
    REQUIRE(answer);
    return std::move(answer->value);
  }
  std::vector<u128> ids(const TransactionFilter& filter) {
    std::vector<u128> found;
    for (const TransactionRow& row : page(filter).rows) found.push_back(row.transaction.id.value);
    return found;
  }
};

using Ids = std::vector<u128>;
using Amounts = std::vector<Amount>;

}  // namespace

TEST_CASE("given a transaction, when it is asked for by id, then it is told whole, with its legs") {
  TransactionsRig rig;
  Transaction sale = rig.made(u128_max - 1, {debit(alice, 10), credit(shop, 8), credit(bank, 2)});
  sale.user_data_128 = 5;
  sale.metadata = {{"order", "A-17"}};
  rig.post(sale, 2);
  const TransactionRow row = rig.get(u128_max - 1);
  sale.timestamp = row.transaction.timestamp;
  CHECK(row.transaction == sale);
  CHECK(row.legs == 2);
  CHECK(row.reversed == Amounts{{0}, {0}, {0}});
  CHECK(row.reversals.empty());
  CHECK(!HostedTransactions(*rig.host).transaction(book, {1})->value);
  CHECK(!HostedTransactions(*rig.host).transaction({8}, {u128_max - 1})->value);
}

TEST_CASE("given reversals in part, then each posting tells how much is taken back, the first ones first") {
  TransactionsRig rig;
  rig.post(rig.made(1, {debit(alice, 10), credit(shop, 3), credit(shop, 5), credit(bank, 2)}));
  SUBCASE("in batches of their own") { rig.catch_up(); }
  SUBCASE("in the same batch, if it comes so") {}
  rig.reverse(2, 1, {credit(alice, 4), debit(shop, 4)});
  CHECK(rig.get(1).reversed == Amounts{{4}, {3}, {1}, {0}});
  CHECK(rig.get(1).reversals == std::vector<TransactionId>{{2}});
  CHECK(rig.get(2).transaction.reversal_of == TransactionId{1});
  rig.start();  // from what is stored
  rig.reverse(3, 1, {credit(alice, 6), debit(shop, 4), debit(bank, 2)});
  CHECK(rig.get(1).reversed == Amounts{{10}, {3}, {5}, {2}});
  CHECK(rig.get(1).reversals == std::vector<TransactionId>{{2}, {3}});
  TransactionFilter filter;
  filter.reversal_of = {{1}};
  CHECK(rig.ids(filter) == Ids{2, 3});
  filter.reversal_of = {{0}};
  CHECK(rig.ids(filter) == Ids{1});
}

TEST_CASE("given a transaction and its reversal in one record, then they are linked as well") {
  TransactionsRig rig;
  auto events = rig.events(rig.made(1, {debit(alice, 10), credit(shop, 10)}), 1);
  Transaction reversal = rig.made(2, {debit(shop, 7), credit(alice, 7)});
  reversal.reversal_of = {1};
  for (Event& event : rig.events(reversal, 1)) events.push_back(std::move(event));
  rig.log.append(std::move(events));
  CHECK(rig.get(1).reversed == Amounts{{7}, {7}});
  CHECK(rig.get(1).reversals == std::vector<TransactionId>{{2}});
}

TEST_CASE("given a reversal of more than there is, or of nothing, then the view halts") {
  TransactionsRig rig;
  rig.post(rig.made(1, {debit(alice, 10), credit(shop, 10)}));
  SUBCASE("more") { rig.reverse(2, 1, {credit(alice, 11), debit(shop, 11)}); }
  SUBCASE("nothing") { rig.reverse(2, 9, {credit(alice, 1), debit(shop, 1)}); }
  CHECK(rig.halted());
  CHECK(rig.reason().find("revers") != std::string::npos);
}

TEST_CASE("given transactions, then any of their fields finds them") {
  TransactionsRig rig;
  Transaction sale = rig.made(1, {debit(alice, 10), credit(shop, 10)});
  sale.user_data_64 = 5;
  sale.metadata = {{"city", "Paris"}, {"shop", "1"}};
  rig.post(sale);
  Transaction exchange =
      rig.made(2, {debit(alice, 10), credit(bank, 10), debit(bob, 11, dollar), credit(shop, 11, dollar)});
  exchange.code = 2;
  exchange.user_data_32 = 6;
  exchange.metadata = {{"city", "Rome"}};
  rig.post(exchange, 2);
  TransactionFilter filter;
  CHECK(rig.ids(filter) == Ids{1, 2});
  filter.ids = {{2}, {9}};
  CHECK(rig.ids(filter) == Ids{2});
  filter.visible = {{euro}};
  CHECK(rig.ids(filter).empty());
  filter = {};
  filter.ids = {{2}, {1}};
  CHECK(rig.ids(filter) == Ids{1, 2});
  filter = {};
  filter.accounts = {shop};
  CHECK(rig.ids(filter) == Ids{1, 2});
  filter.accounts = {bob, bank};
  CHECK(rig.ids(filter) == Ids{2});
  filter = {};
  filter.ledgers = {{dollar}};
  CHECK(rig.ids(filter) == Ids{2});
  filter.codes = {1};
  CHECK(rig.ids(filter).empty());
  filter.ledgers = {{euro}};
  CHECK(rig.ids(filter) == Ids{1});
  filter = {};
  filter.codes = {1, 2};
  filter.user_data_64 = {0};
  CHECK(rig.ids(filter) == Ids{2});
  filter.user_data_32 = {6};
  CHECK(rig.ids(filter) == Ids{2});
  filter = {};
  filter.metadata = {{"city", {"Paris", "Rome"}}, {"shop", {"1"}}};
  CHECK(rig.ids(filter) == Ids{1});
  filter.metadata = {{"city", {"Paris", "Rome"}}, {"shop", {"2"}}};
  CHECK(rig.ids(filter).empty());
}

TEST_CASE("given ledgers that a caller may see, then only transactions within them are listed") {
  TransactionsRig rig;
  rig.post(rig.made(1, {debit(alice, 10), credit(shop, 10)}));
  rig.post(rig.made(2, {debit(alice, 1), credit(bank, 1), debit(bob, 1, dollar), credit(shop, 1, dollar)}));
  TransactionFilter filter;
  filter.visible = {{euro}};
  CHECK(rig.ids(filter) == Ids{1});
  filter.visible = {{dollar}};
  CHECK(rig.ids(filter).empty());
  filter.visible = {{euro, dollar}};
  CHECK(rig.ids(filter) == Ids{1, 2});
  filter.visible = std::vector<LedgerId>{};
  CHECK(rig.ids(filter).empty());
}

TEST_CASE("given metadata that changes later, then it is told and found as it is now") {
  TransactionsRig rig;
  Transaction sale = rig.made(1, {debit(alice, 10), credit(shop, 10)});
  sale.metadata = {{"city", "Paris"}};
  rig.post(sale);
  const Timestamp at = rig.get(1).transaction.timestamp;
  MetadataSet set{
      {TargetKind::transaction, 1}, at, {{"a", std::nullopt, "b"}, {"city", "Paris", std::nullopt}}};
  rig.log.append({Event{{++rig.now}, book, 0, std::move(set)}});
  CHECK(rig.get(1).transaction.metadata == Metadata{{"a", "b"}});
  TransactionFilter filter;
  filter.metadata = {{"city", {"Paris"}}};
  CHECK(rig.ids(filter).empty());
  filter.metadata = {{"a", {"b"}}};
  CHECK(rig.ids(filter) == Ids{1});
}

TEST_CASE("given the legs of a transaction, then each transfer names it; one that only looks so does not") {
  TransactionsRig rig;
  rig.post(rig.made(5, {debit(alice, 10), credit(shop, 8), credit(bank, 2)}), 2);
  Transfer pretender;
  pretender.id = leg_id({5}, 2);
  pretender.ledger = euro;
  pretender.timestamp = {++rig.now};
  rig.log.append({Event{{rig.now}, book, 0, TransferCreated{pretender, {}, {}}}});
  rig.catch_up();
  const auto rows = HostedTransfers(*rig.host).transfers(book, {}, {})->value.rows;
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].transaction == TransactionId{5});
  CHECK(rows[1].transaction == TransactionId{5});
  CHECK(!rows[2].transaction);
  CHECK(HostedHistory(*rig.host).transfer(book, leg_id({5}, 1))->value->transaction == TransactionId{5});
}

TEST_CASE("given a moment, then a transaction is in it whole or not at all") {
  TransactionsRig rig;
  rig.post(rig.made(1, {debit(alice, 10), credit(bob, 6), credit(shop, 4)}), 3);
  const std::uint64_t at = rig.get(1).transaction.timestamp.value;
  const HostedTransactions query(*rig.host);
  const auto moment = [&](std::uint64_t asked) { return query.whole_moment(book, {asked})->value.value; };
  CHECK(moment(at - 1) == at - 1);
  for (const std::uint64_t inside : {at, at + 1, at + 2, at + 3}) CHECK(moment(inside) == at + 3);
  CHECK(moment(at + 4) == at + 4);
  CHECK(query.whole_moment({8}, {at})->value.value == at);  // of another book
}

TEST_CASE("given large transactions, then a page ends early and has a cursor to go on with") {
  TransactionsRig rig;
  constexpr u128 count = 60;
  for (u128 id = 1; id <= count; ++id) {
    Transaction large = rig.made(id, std::vector<Posting>(999, credit(shop, 1)));
    large.postings.push_back(debit(alice, 999));
    rig.post(large);
  }
  TransactionFilter filter;
  Slice slice;
  std::vector<u128> seen;
  std::size_t pages = 0;
  do {
    const auto page = rig.page(filter, slice);
    CHECK(page.rows.size() * 1000 < page_postings_max + fetch_rows * 1000);
    for (const TransactionRow& row : page.rows) seen.push_back(row.transaction.id.value);
    slice.cursor = page.next;
    ++pages;
  } while (slice.cursor);
  CHECK(pages > 2);
  REQUIRE(seen.size() == count);
  for (u128 id = 1; id <= count; ++id) CHECK(seen[static_cast<std::size_t>(id) - 1] == id);
}
