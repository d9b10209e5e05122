// The queries of history. A list walks the account's own rows in the order asked for and fetches transfers
// only for rows that pass what those rows can tell. New transfers come behind all others in time (imports
// too, which must not regress), so that a cursor that names a timestamp stays exact while transfers are
// added.
#include <algorithm>

#include "projections/find_page.hpp"
#include "projections/history.hpp"
#include "projections/history_rows.hpp"
#include "projections/index_fields.hpp"
#include "projections/transfer_reading.hpp"

namespace florin::projections {

using namespace history_rows;

namespace {

// Transfers that are fetched in one go where only they can tell whether they pass the filter.
constexpr std::size_t fetch_at_once = 256;

// One list query: where it stands and how much it may still look at.
struct Walk {
  const StoreReader& rows;
  BookId book;
  AccountId account;
  const HistoryFilter& filter;
  bool down = walks_down(filter);
  std::optional<Timestamp> after{};  // the last row that was looked at
  std::size_t rows_left = scan_rows_max;
  bool ended = false;  // no row is left in the range
};

// The moments that are still to be looked at; none when there can be none.
std::optional<TimeRange> remaining(const Walk& walk) {
  TimeRange range = walk.filter;
  constexpr std::uint64_t max = ~std::uint64_t{0};
  if (walk.after && !walk.down) {
    if (walk.after->value == max) return std::nullopt;
    range.timestamp_min = std::max(range.timestamp_min, Timestamp{walk.after->value + 1});
  }
  if (walk.after && walk.down) {
    if (walk.after->value == 0) return std::nullopt;
    range.timestamp_max = std::min(range.timestamp_max, Timestamp{walk.after->value - 1});
  }
  if (range.timestamp_min > range.timestamp_max) return std::nullopt;
  return range;
}

// Where the rows begin that may hold moments of the range: with the one that begins before it, if there is
// one.
Result<Bytes> first_key(const Walk& walk, const TimeRange& range) {
  const Bytes prefix = account_prefix(walk.book, walk.account);
  if (walk.down) return prefix;
  FLORIN_TRY_ASSIGN(auto row, last_row(walk.rows, prefix, range.timestamp_min.value));
  return row ? std::move(row->key) : account_key(walk.book, walk.account, range.timestamp_min);
}

bool passes(const HistoryFilter& filter, const AccountEntry& entry) {
  if (filter.side != Side::any && (filter.side == Side::credit) != entry.credit) return false;
  return any_of(filter.transfer.codes, entry.code);
}

// Does the filter ask for more than an account's rows tell?
bool needs_transfer(const HistoryFilter& filter) {
  TransferFilter told;
  told.codes = filter.transfer.codes;
  return filter.transfer != told;
}

// The entries of a row in the order of the walk. False when the row does not follow its grammar.
bool entries_of(const Walk& walk, ByteView key, ByteView value, std::vector<AccountEntry>& out) {
  out.clear();
  const bool whole = each_entry({last_big_endian<std::uint64_t>(key)}, value,
                                [&](const AccountEntry& entry) { out.push_back(entry); });
  if (walk.down) std::reverse(out.begin(), out.end());
  return whole;
}

// The next entries that pass, at most `wanted`; fewer when the walk has ended or may look at no more.
Result<std::vector<AccountEntry>> next_entries(Walk& walk, std::size_t wanted) {
  std::vector<AccountEntry> found, row;
  bool broken = false, stopped = false;
  const auto range = remaining(walk);
  const auto visit = [&](ByteView key, ByteView value) {
    broken = !entries_of(walk, key, value, row);
    for (const AccountEntry& entry : row) {
      if (entry.timestamp < range->timestamp_min || entry.timestamp > range->timestamp_max) continue;
      if (walk.rows_left == 0 || found.size() == wanted) return !(stopped = true);
      walk.after = entry.timestamp;
      --walk.rows_left;
      if (passes(walk.filter, entry)) found.push_back(entry);
    }
    const bool before_range = walk.down && last_big_endian<std::uint64_t>(key) < range->timestamp_min.value;
    return !broken && !before_range;
  };
  const auto order = walk.down ? ScanOrder::descending : ScanOrder::ascending;
  if (range) {
    FLORIN_TRY_ASSIGN(const Bytes first, first_key(walk, *range));
    const Bytes last = end_of(account_prefix(walk.book, walk.account), range->timestamp_max.value);
    FLORIN_TRY(walk.rows.scan(first, last, order, visit));
  }
  if (broken) return fail(Errc::corrupt, "a row of history does not follow its grammar; rebuild 'history'");
  walk.ended = !stopped;
  return found;
}

// Fills a page by walking on until it is full, the walk has ended, or it may look at no more rows. `make`
// turns entries into rows that pass the whole filter.
template <class Row, class Make>
Result<Page<Row>> fill(Walk& walk, Make make) {
  const std::size_t limit = walk.filter.limit;
  if (limit == 0 || limit > page_items_max)
    return fail(Errc::invalid_argument, "a page has 1 to " + std::to_string(page_items_max) + " rows");
  if (walk.filter.cursor) walk.after = walk.filter.cursor->at;
  std::vector<Row> found;
  while (!walk.ended && walk.rows_left > 0 && found.size() <= limit) {
    const std::size_t missing = limit + 1 - found.size();
    const std::size_t wanted = needs_transfer(walk.filter) ? std::max(missing, fetch_at_once) : missing;
    FLORIN_TRY_ASSIGN(const auto entries, next_entries(walk, wanted));
    FLORIN_TRY_ASSIGN(auto rows, make(entries));
    std::move(rows.begin(), rows.end(), std::back_inserter(found));
  }
  const bool more = found.size() > limit;  // a row too many proves that there is a next page
  if (more) found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
  Page<Row> page = make_page(walk.filter, std::move(found), more);
  const bool backwards = walk.filter.cursor && walk.filter.cursor->backwards;
  if (!more && !walk.ended) (backwards ? page.previous : page.next) = Cursor{*walk.after, backwards};
  return page;
}

Result<std::vector<TransferRow>> transfer_rows(const Walk& walk, const std::vector<AccountEntry>& entries) {
  std::vector<TransferRow> rows;
  for (const AccountEntry& entry : entries) {
    FLORIN_TRY_ASSIGN(const Transfer transfer, transfer_at(walk.rows, walk.book, entry.timestamp));
    FLORIN_TRY_ASSIGN(const bool passes, fits(walk.rows, walk.book, walk.filter.transfer, transfer));
    if (!passes) continue;
    FLORIN_TRY_ASSIGN(auto row, whole(walk.rows, walk.book, transfer));
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::vector<BalanceRow>> balance_rows(const Walk& walk, const std::vector<AccountEntry>& entries) {
  const bool look = needs_transfer(walk.filter);
  std::vector<BalanceRow> rows;
  for (const AccountEntry& entry : entries) {
    if (look) {
      FLORIN_TRY_ASSIGN(const Transfer transfer, transfer_at(walk.rows, walk.book, entry.timestamp));
      FLORIN_TRY_ASSIGN(const bool passes, fits(walk.rows, walk.book, walk.filter.transfer, transfer));
      if (!passes) continue;
    }
    if (!entry.moment) return fail(Errc::corrupt, "a row of history lacks its balances; rebuild 'history'");
    rows.push_back({entry.timestamp, told(*entry.moment)});
  }
  return rows;
}

// An account keeps a history from its creation or never: its first row tells.
Result<bool> keeps_history(const StoreReader& rows, BookId book, AccountId account) {
  const HistoryFilter everything;
  Walk walk{rows, book, account, everything};
  FLORIN_TRY_ASSIGN(const auto first, next_entries(walk, 1));
  return !first.empty() && first.front().moment.has_value();
}

}  // namespace

Result<Answer<std::optional<TransferRow>>> HostedHistory::transfer(BookId book, TransferId id) const {
  using Found = Answer<std::optional<TransferRow>>;
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(const auto timestamp, transfer_time(reading.rows(), book, id));
  if (!timestamp) return Found{std::nullopt, reading.at()};
  FLORIN_TRY_ASSIGN(const Transfer transfer, transfer_at(reading.rows(), book, *timestamp));
  FLORIN_TRY_ASSIGN(auto row, whole(reading.rows(), book, transfer));
  return Found{std::move(row), reading.at()};
}

Result<Answer<Page<TransferRow>>> HostedHistory::account_transfers(BookId book, AccountId id,
                                                                   const HistoryFilter& filter) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  Walk walk{reading.rows(), book, id, filter};
  const auto make = [&](const std::vector<AccountEntry>& entries) { return transfer_rows(walk, entries); };
  FLORIN_TRY_ASSIGN(auto page, fill<TransferRow>(walk, make));
  return Answer<Page<TransferRow>>{std::move(page), reading.at()};
}

Result<Answer<Page<BalanceRow>>> HostedHistory::account_balances(BookId book, AccountId id,
                                                                 const HistoryFilter& filter) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  Walk walk{reading.rows(), book, id, filter};
  FLORIN_TRY_ASSIGN(const bool kept, keeps_history(reading.rows(), book, id));
  walk.ended = !kept;
  const auto make = [&](const std::vector<AccountEntry>& entries) { return balance_rows(walk, entries); };
  FLORIN_TRY_ASSIGN(auto page, fill<BalanceRow>(walk, make));
  return Answer<Page<BalanceRow>>{std::move(page), reading.at()};
}

}  // namespace florin::projections
