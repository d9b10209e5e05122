// Pages of history against a model that looks at everything.
#include "projections/history.hpp"
#include "tests/projections/rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};
constexpr std::uint64_t seed = 77;

using Dice = std::mt19937_64;

HistoryFilter random_filter(Dice& dice, const BookModel& model) {
  const auto roll = [&](std::uint64_t sides) { return dice() % sides; };
  const auto moment = [&] { return Timestamp{1000 + roll(model.now() - 1000 + 1)}; };
  HistoryFilter filter;
  filter.side = static_cast<Side>(roll(3));
  TransferFilter& wanted = filter.transfer;
  if (roll(3) == 0) wanted.codes = {static_cast<std::uint16_t>(1 + roll(3))};
  if (roll(9) == 0) wanted.codes.push_back(static_cast<std::uint16_t>(1 + roll(3)));
  if (roll(4) == 0) wanted.user_data_128 = {roll(3)};
  if (roll(4) == 0) wanted.user_data_64 = {roll(3), roll(3)};
  if (roll(4) == 0) wanted.user_data_32 = {static_cast<std::uint32_t>(roll(3))};
  if (roll(6) == 0) wanted.states = {transfer_states[roll(4)], transfer_states[roll(4)]};
  if (roll(6) == 0) wanted.amount_min.value = roll(1000);
  if (roll(6) == 0) wanted.amount_max.value = roll(1000);
  if (roll(3) == 0) filter.timestamp_min = moment();
  if (roll(3) == 0) filter.timestamp_max = moment();
  filter.descending = roll(2) == 0;
  filter.limit = static_cast<std::uint32_t>(1 + roll(7));
  return filter;
}

template <class Row>
std::vector<Timestamp> timestamps(const std::vector<Row>& rows) {
  std::vector<Timestamp> found;
  for (const Row& row : rows) found.push_back(timestamp_of(row));
  return found;
}

// From a page back to the first one: the rows before it, in the order of the list.
template <class Row, class Ask>
std::vector<Row> all_before(HistoryFilter filter, std::optional<Cursor> previous, Ask ask) {
  std::vector<Row> rows;
  while (previous) {
    filter.cursor = previous;
    const auto answer = ask(filter);
    REQUIRE(answer);
    CHECK(answer->value.next.has_value());
    rows.insert(rows.begin(), answer->value.rows.begin(), answer->value.rows.end());
    previous = answer->value.previous;
  }
  return rows;
}

// All rows of a list, page by page. `ask` gives a page for a filter. While no rows are added, each page also
// leads back to all rows before it.
template <class Row, class Ask>
std::vector<Row> all_pages(HistoryFilter filter, Ask ask, bool rows_are_added = false) {
  std::vector<Row> rows;
  for (;;) {
    const auto answer = ask(filter);
    REQUIRE(answer);
    const Page<Row>& page = answer->value;
    CHECK(page.rows.size() <= filter.limit);
    if (!rows_are_added) CHECK(timestamps(all_before<Row>(filter, page.previous, ask)) == timestamps(rows));
    rows.insert(rows.end(), page.rows.begin(), page.rows.end());
    if (!page.next) return rows;
    CHECK(page.rows.size() == filter.limit);  // this model is too small for the bound on rows looked at
    filter.cursor = page.next;
  }
}

void check_transfers(const HistoryQuery& query, const BookModel& model, AccountId account,
                     const HistoryFilter& filter) {
  const auto expected = model.matching(account, filter);
  const auto rows = all_pages<TransferRow>(
      filter, [&](const HistoryFilter& page) { return query.account_transfers(book, account, page); });
  REQUIRE(rows.size() == expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].transfer == expected[i].transfer);
    CHECK(rows[i].state == expected[i].state);
  }
}

void check_balances(const HistoryQuery& query, const BookModel& model, AccountId account,
                    const HistoryFilter& filter) {
  const bool keeps_history = (model.accounts().at(account).flags & account_flags::history) != 0;
  const auto expected = keeps_history ? model.matching(account, filter) : std::vector<BookModel::Entry>{};
  const auto rows = all_pages<BalanceRow>(
      filter, [&](const HistoryFilter& page) { return query.account_balances(book, account, page); });
  REQUIRE(rows.size() == expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool debit = expected[i].transfer.debit_account_id == account;
    CHECK(rows[i].timestamp == expected[i].transfer.timestamp);
    CHECK(rows[i].balances == (debit ? expected[i].debit : expected[i].credit).balances);
  }
}

}  // namespace

TEST_CASE("given random transfers and filters, then pages of any size give what a look at everything gives") {
  Rig<HistoryView> rig;
  BookModel model(book);
  Dice dice(seed);
  rig.start();
  const HostedHistory query(*rig.host);
  for (int round = 0; round < 300; ++round) {
    CAPTURE(seed);
    CAPTURE(round);
    std::vector<Event> events;
    for (std::uint64_t i = 0; i <= dice() % 10; ++i) events.push_back(model.random(dice));
    rig.log.append(std::move(events));
    rig.catch_up();
    const AccountId account{1 + dice() % model.accounts().size()};
    const HistoryFilter filter = random_filter(dice, model);
    check_transfers(query, model, account, filter);
    check_balances(query, model, account, filter);
  }
}

TEST_CASE(
    "given transfers that are added between pages, then both orders tell every earlier row exactly once") {
  Rig<HistoryView> rig;
  BookModel model(book);
  Dice dice(seed);
  rig.start();
  const HostedHistory query(*rig.host);
  const auto publish = [&] {
    rig.log.append({model.random(dice), model.random(dice), model.random(dice)});
    rig.catch_up();
  };
  for (int i = 0; i < 50; ++i) publish();
  for (const bool descending : {false, true}) {
    HistoryFilter filter;
    filter.descending = descending;
    filter.limit = 3;
    const Timestamp begin{model.now()};
    const auto before = model.matching({1}, filter);
    const auto ask = [&](const HistoryFilter& page) {
      auto answer = query.account_transfers(book, {1}, page);
      if (model.now() < begin.value + 60) publish();
      return answer;
    };
    std::vector<TransferRow> seen = all_pages<TransferRow>(filter, ask, true);
    std::erase_if(seen, [&](const TransferRow& row) { return row.transfer.timestamp > begin; });
    REQUIRE(seen.size() == before.size());
    for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i].transfer == before[i].transfer);
  }
}
