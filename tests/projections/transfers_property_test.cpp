// Pages of transfers by any fields, against a look at everything.
#include "projections/transfers.hpp"
#include "tests/projections/rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace {

constexpr BookId book{7};
constexpr std::uint64_t seed = 78;

using Dice = std::mt19937_64;

// A book of random transfers, and metadata of some of them.
struct Books {
  BookModel model{book};
  Dice dice{seed};
  std::map<Timestamp, Metadata> metadata;

  std::uint64_t roll(std::uint64_t sides) { return dice() % sides; }
  Event random_event() {
    if (model.entries().empty() || roll(6) != 0) return model.random(dice);
    const Transfer& target = model.entries()[roll(model.entries().size())].transfer;
    Metadata& had = metadata[target.timestamp];
    MetadataSet set{{TargetKind::transfer, target.id.value}, target.timestamp, {}};
    const std::string key = roll(2) == 0 ? "city" : "shop";
    const auto it = std::find_if(had.begin(), had.end(), [&](const auto& pair) { return pair.first == key; });
    const auto before = it == had.end() ? std::nullopt : std::optional(it->second);
    const auto after = roll(4) == 0 ? std::nullopt : std::optional(std::to_string(roll(3)));
    set.changes.push_back({key, before, after});
    if (it != had.end()) had.erase(it);
    if (after) had.emplace_back(key, *after);
    std::sort(had.begin(), had.end());
    return {{model.now()}, book, 0, std::move(set)};
  }

  template <class Value>
  std::vector<Value> values(std::uint64_t first, std::uint64_t sides, std::uint64_t often) {
    std::vector<Value> made;
    if (roll(often) != 0) return made;
    for (std::uint64_t i = 0; i <= roll(2); ++i) {
      if constexpr (std::is_integral_v<Value> || std::is_same_v<Value, u128>)
        made.push_back(static_cast<Value>(first + roll(sides)));
      else made.push_back(Value{static_cast<typename Value::Value>(first + roll(sides))});
    }
    return made;
  }
  TransferFilter random_filter() {
    TransferFilter filter;
    if (roll(4) == 0) filter.ledgers = values<LedgerId>(1, 2, 1);
    if (roll(50) == 0) filter.ledgers = std::vector<LedgerId>{};
    filter.codes = values<std::uint16_t>(1, 3, 4);
    filter.user_data_128 = values<u128>(0, 3, 5);
    filter.user_data_64 = values<std::uint64_t>(0, 3, 5);
    filter.user_data_32 = values<std::uint32_t>(0, 3, 5);
    filter.accounts = values<AccountId>(1, 5, 4);
    filter.debit_accounts = values<AccountId>(1, 5, 6);
    filter.credit_accounts = values<AccountId>(1, 5, 6);
    if (roll(6) == 0 && !model.entries().empty())
      for (std::uint64_t i = 0; i <= roll(20); ++i)
        filter.ids.push_back(model.entries()[roll(model.entries().size())].transfer.id);
    if (roll(20) == 0) filter.ids.push_back({u128_max});
    if (roll(6) == 0 && !model.entries().empty())
      filter.pending_ids = {model.entries()[roll(model.entries().size())].transfer.pending_id};
    if (roll(4) == 0)
      for (std::uint64_t i = 0; i <= roll(2); ++i) filter.states.push_back(transfer_states[roll(4)]);
    if (roll(6) == 0) filter.flags = static_cast<std::uint16_t>(2 << roll(3));
    if (roll(5) == 0) filter.amount_min.value = roll(1000);
    if (roll(5) == 0) filter.amount_max.value = roll(1000);
    if (roll(6) == 0)
      for (std::uint64_t i = 0; i <= roll(2); ++i) filter.metadata["city"].push_back(std::to_string(roll(3)));
    if (roll(9) == 0) filter.metadata["shop"].push_back(std::to_string(roll(3)));
    return filter;
  }
  Slice random_slice() {
    const auto moment = [&] { return Timestamp{1000 + roll(model.now() - 1000 + 1)}; };
    Slice slice;
    if (roll(4) == 0) slice.timestamp_min = moment();
    if (roll(4) == 0) slice.timestamp_max = moment();
    slice.descending = roll(2) == 0;
    slice.limit = static_cast<std::uint32_t>(1 + roll(12));
    return slice;
  }

  template <class Value>
  static bool among(const std::vector<Value>& wanted, const Value& value) {
    return wanted.empty() || std::count(wanted.begin(), wanted.end(), value) > 0;
  }
  bool passes(const BookModel::Entry& entry, const TransferFilter& filter) const {
    const Transfer& t = entry.transfer;
    const auto it = metadata.find(t.timestamp);
    const Metadata has = it == metadata.end() ? Metadata{} : it->second;
    for (const auto& wanted : filter.metadata)
      if (std::none_of(wanted.second.begin(), wanted.second.end(), [&](const std::string& value) {
            return std::count(has.begin(), has.end(), std::pair(wanted.first, value)) > 0;
          }))
        return false;
    if (filter.ledgers && std::count(filter.ledgers->begin(), filter.ledgers->end(), t.ledger) == 0)
      return false;
    return among(filter.ids, t.id) && among(filter.codes, t.code) &&
           among(filter.user_data_128, t.user_data_128) && among(filter.user_data_64, t.user_data_64) &&
           among(filter.user_data_32, t.user_data_32) &&
           (among(filter.accounts, t.debit_account_id) || among(filter.accounts, t.credit_account_id)) &&
           among(filter.debit_accounts, t.debit_account_id) &&
           among(filter.credit_accounts, t.credit_account_id) && among(filter.pending_ids, t.pending_id) &&
           among(filter.states, entry.state) && (filter.flags == 0 || (filter.flags & t.flags) != 0) &&
           t.amount >= filter.amount_min && t.amount <= filter.amount_max;
  }
  std::vector<BookModel::Entry> matching(const TransferFilter& filter, const Slice& slice) const {
    std::vector<BookModel::Entry> found;
    for (const BookModel::Entry& entry : model.entries())
      if (passes(entry, filter) && entry.transfer.timestamp >= slice.timestamp_min &&
          entry.transfer.timestamp <= slice.timestamp_max)
        found.push_back(entry);
    if (slice.descending) std::reverse(found.begin(), found.end());
    return found;
  }
};

std::vector<TransferRow> all_pages(const TransfersQuery& query, const TransferFilter& filter, Slice slice) {
  std::vector<TransferRow> rows;
  do {
    const auto answer = query.transfers(book, filter, slice);
    REQUIRE(answer);
    const auto& page = answer->value;
    CHECK((!page.next || page.rows.size() == slice.limit));
    rows.insert(rows.end(), page.rows.begin(), page.rows.end());
    slice.cursor = page.next;
  } while (slice.cursor);
  return rows;
}

void check_sums(const TransfersQuery& query, const TransferFilter& filter, const TimeRange& range,
                std::vector<BookModel::Entry> expected) {
  const auto answer = query.sums(book, filter, range);
  REQUIRE(answer);
  std::sort(expected.begin(), expected.end(),
            [](const auto& a, const auto& b) { return a.transfer.timestamp < b.transfer.timestamp; });
  REQUIRE(answer->value.size() == (expected.empty() ? 0 : 1));  // the model has one ledger
  if (expected.empty()) return;
  const TransferSums& sums = answer->value.front();
  u128 amount = 0;
  for (const auto& entry : expected) amount += entry.transfer.amount.value;
  CHECK(sums.ledger == expected.front().transfer.ledger);
  CHECK(sums.count == expected.size());
  CHECK(sums.amount == WideSum{amount});
  CHECK(sums.first == expected.front().transfer.timestamp);
  CHECK(sums.last == expected.back().transfer.timestamp);
}

}  // namespace

TEST_CASE("given random transfers and filters, then pages of any size give what a look at everything gives") {
  Rig<HistoryView> rig;
  Books books;
  rig.start();
  const HostedTransfers query(*rig.host);
  for (int round = 0; round < 400; ++round) {
    CAPTURE(seed);
    CAPTURE(round);
    std::vector<Event> events;
    for (std::uint64_t i = 0; i <= books.roll(10); ++i) events.push_back(books.random_event());
    rig.log.append(std::move(events));
    rig.catch_up();
    const TransferFilter filter = books.random_filter();
    const Slice slice = books.random_slice();
    const auto expected = books.matching(filter, slice);
    const auto rows = all_pages(query, filter, slice);
    REQUIRE(rows.size() == expected.size());
    check_sums(query, filter, slice, expected);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(rows[i].transfer == expected[i].transfer);
      CHECK(rows[i].state == expected[i].state);
      CHECK(rows[i].metadata == books.metadata[rows[i].transfer.timestamp]);
    }
  }
}

// What the index has written must not depend on where batches end: a pending transfer may be resolved in the
// same batch, in a later one, or after a restart.
TEST_CASE("given a restart after every few events, then the index is the same") {
  Rig<HistoryView> rig;
  Books books;
  rig.start();
  for (int round = 0; round < 60; ++round) {
    std::vector<Event> events;
    for (std::uint64_t i = 0; i <= books.roll(10); ++i) events.push_back(books.random_event());
    rig.log.append(std::move(events));
    rig.catch_up();
    if (round % 3 == 0) rig.start();
    for (const TransferState state : transfer_states) {
      TransferFilter filter;
      filter.states = {state};
      const auto rows = all_pages(HostedTransfers(*rig.host), filter, {});
      CHECK(rows.size() == books.matching(filter, {}).size());
    }
  }
}
