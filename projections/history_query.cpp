// The queries of history. A list walks the account's own rows in the order asked for and fetches transfers
// only for rows that pass what those rows can tell. New transfers come behind all others in time (imports
// too, which must not regress), so that a cursor that names a timestamp stays exact while transfers are
// added.
#include <algorithm>

#include "projections/find_page.hpp"
#include "projections/history.hpp"
#include "projections/history_rows.hpp"
#include "schemas/items_codec.hpp"

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

struct Range {
  Bytes first, last;
};

// The rows that are still to be looked at; none when there can be none.
std::optional<Range> remaining(const Walk& walk) {
  std::uint64_t low = walk.filter.timestamp_min.value, high = walk.filter.timestamp_max.value;
  constexpr std::uint64_t max = ~std::uint64_t{0};
  if (walk.after && !walk.down) {
    if (walk.after->value == max) return std::nullopt;
    low = std::max(low, walk.after->value + 1);
  }
  if (walk.after && walk.down) {
    if (walk.after->value == 0) return std::nullopt;
    high = std::min(high, walk.after->value - 1);
  }
  if (low > high) return std::nullopt;
  Bytes last = high == max ? prefix_end(account_prefix(walk.book, walk.account))
                           : account_key(walk.book, walk.account, {high + 1});
  return Range{account_key(walk.book, walk.account, {low}), std::move(last)};
}

bool passes(const HistoryFilter& filter, const AccountEntry& entry) {
  if (entry.expiry) return false;
  if (filter.side != Side::any && (filter.side == Side::credit) != entry.credit) return false;
  return !filter.code || *filter.code == entry.code;
}

bool needs_transfer(const HistoryFilter& filter) {
  return filter.user_data_128 || filter.user_data_64 || filter.user_data_32;
}

bool passes(const HistoryFilter& filter, const Transfer& transfer) {
  return (!filter.user_data_128 || *filter.user_data_128 == transfer.user_data_128) &&
         (!filter.user_data_64 || *filter.user_data_64 == transfer.user_data_64) &&
         (!filter.user_data_32 || *filter.user_data_32 == transfer.user_data_32);
}

// The next rows that pass, at most `wanted`; fewer when the walk has ended or may look at no more.
Result<std::vector<AccountEntry>> next_entries(Walk& walk, std::size_t wanted) {
  std::vector<AccountEntry> found;
  bool broken = false, stopped = false;
  const auto range = remaining(walk);
  const auto visit = [&](ByteView key, ByteView value) {
    if (walk.rows_left == 0) return !(stopped = true);
    Reader in(value);
    const AccountEntry entry = read_entry(key, in);
    broken = !in.done();
    // Going back, a transfer with the timestamp of an expiry is still to come.
    walk.after = Timestamp{entry.timestamp.value + (entry.expiry && walk.down ? 1 : 0)};
    --walk.rows_left;
    if (passes(walk.filter, entry)) found.push_back(entry);
    stopped = broken || found.size() == wanted;
    return !stopped;
  };
  const auto order = walk.down ? ScanOrder::descending : ScanOrder::ascending;
  if (range) FLORIN_TRY(walk.rows.scan(range->first, range->last, order, visit));
  if (broken) return fail(Errc::corrupt, "a row of history does not follow its grammar; rebuild 'history'");
  walk.ended = !stopped;
  return found;
}

Result<std::vector<Transfer>> fetch(const StoreReader& rows, BookId book,
                                    const std::vector<AccountEntry>& entries) {
  std::vector<Bytes> keys;
  for (const AccountEntry& entry : entries) keys.push_back(transfer_key(book, entry.timestamp));
  FLORIN_TRY_ASSIGN(const auto values, rows.get_many(keys));
  std::vector<Transfer> transfers;
  for (const auto& value : values) {
    FLORIN_TRY_ASSIGN(auto transfer, decode_row<Transfer>(value, read_transfer));
    if (!transfer)
      return fail(Errc::corrupt, "an account's row names a transfer that is not there; rebuild 'history'");
    transfers.push_back(*transfer);
  }
  return transfers;
}

AccountEntry entry_at(Timestamp timestamp) {
  AccountEntry entry;
  entry.timestamp = timestamp;
  return entry;
}

// Only a pending transfer has another state than posted, and it is pending until a row says what became of
// it.
Result<std::vector<TransferRow>> with_states(const StoreReader& rows, BookId book,
                                             std::vector<Transfer> transfers) {
  std::vector<TransferRow> answer;
  std::vector<Bytes> keys;
  for (const Transfer& transfer : transfers) {
    const bool pending = (transfer.flags & transfer_flags::pending) != 0;
    if (pending) keys.push_back(resolved_key(book, transfer.id));
    answer.push_back({transfer, pending ? TransferState::pending : TransferState::posted});
  }
  FLORIN_TRY_ASSIGN(const auto values, rows.get_many(keys));
  auto value = values.begin();
  for (TransferRow& row : answer) {
    if (row.state != TransferState::pending) continue;
    FLORIN_TRY_ASSIGN(const auto state, decode_row<TransferState>(*value++, read_state));
    if (state) row.state = *state;
  }
  return answer;
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

Result<std::vector<Transfer>> fetch_passing(const Walk& walk, const std::vector<AccountEntry>& entries) {
  FLORIN_TRY_ASSIGN(auto transfers, fetch(walk.rows, walk.book, entries));
  std::erase_if(transfers, [&](const Transfer& transfer) { return !passes(walk.filter, transfer); });
  return transfers;
}

Result<std::vector<BalanceRow>> balance_rows(const Walk& walk, const std::vector<AccountEntry>& entries) {
  std::vector<Transfer> transfers;
  if (needs_transfer(walk.filter)) {
    FLORIN_TRY_ASSIGN(transfers, fetch(walk.rows, walk.book, entries));
  }
  std::vector<BalanceRow> rows;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!transfers.empty() && !passes(walk.filter, transfers[i])) continue;
    if (!entries[i].moment)
      return fail(Errc::corrupt, "a row of history lacks its balances; rebuild 'history'");
    rows.push_back({entries[i].timestamp, entries[i].moment->balances});
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
  FLORIN_TRY_ASSIGN(const auto value, reading.rows().get(id_key(book, id)));
  FLORIN_TRY_ASSIGN(const auto timestamp, decode_row<Timestamp>(value, read_timestamp));
  if (!timestamp) return Found{std::nullopt, reading.at()};
  FLORIN_TRY_ASSIGN(auto transfers, fetch(reading.rows(), book, {entry_at(*timestamp)}));
  FLORIN_TRY_ASSIGN(auto rows, with_states(reading.rows(), book, std::move(transfers)));
  return Found{std::move(rows.front()), reading.at()};
}

Result<Answer<Page<TransferRow>>> HostedHistory::account_transfers(BookId book, AccountId id,
                                                                   const HistoryFilter& filter) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  Walk walk{reading.rows(), book, id, filter};
  const auto make = [&](const std::vector<AccountEntry>& entries) -> Result<std::vector<TransferRow>> {
    FLORIN_TRY_ASSIGN(auto transfers, fetch_passing(walk, entries));
    return with_states(walk.rows, book, std::move(transfers));
  };
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
