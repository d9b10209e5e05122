#include "projections/history_past.hpp"

#include "projections/history.hpp"

namespace florin::projections {

using namespace history_rows;

namespace {

// What the account was before the expiry, if nothing else came between.
AccountMoment before(const AccountMoment& after, const AccountEntry& expiry) {
  AccountMoment moment = after;
  Amount& held = expiry.credit ? moment.balances.credits_pending : moment.balances.debits_pending;
  const Amount released = expiry.expiry->amount;
  if (!checked_add(held, released)) moment.beyond = true;
  held.value += released.value;
  if (expiry.expiry->reopens) ++moment.closed;
  return moment;
}

tl::unexpected<Error> broken_row() {
  return fail(Errc::corrupt, "a row of history does not follow its grammar; rebuild 'history'");
}

// The account's last transfer that is not later.
Result<std::optional<AccountEntry>> last_transfer(const StoreReader& store, BookId book, AccountId id,
                                                  Timestamp at) {
  std::optional<AccountEntry> last;
  FLORIN_TRY_ASSIGN(const auto row, last_row(store, account_prefix(book, id), at.value));
  if (!row) return last;
  const bool whole =
      each_entry({last_big_endian<std::uint64_t>(row->key)}, row->value, [&](const AccountEntry& entry) {
        if (entry.timestamp <= at) last = entry;
      });
  return whole ? Result<std::optional<AccountEntry>>(last) : broken_row();
}

Result<std::optional<AccountEntry>> last_expiry(const StoreReader& store, BookId book, AccountId id,
                                                Timestamp at) {
  FLORIN_TRY_ASSIGN(const auto row, last_row(store, expiries_prefix(book, id), at.value));
  if (!row) return std::optional<AccountEntry>{};
  return decode_row<AccountEntry>(
      row->value, [&](Reader& in) { return read_entry({last_big_endian<std::uint64_t>(row->key)}, in); });
}

}  // namespace

std::optional<AccountMoment> moment_after(const AccountAfter& after) {
  if ((after.flags & account_flags::history) == 0) return std::nullopt;
  const bool closed = (after.flags & account_flags::closed) != 0;
  return AccountMoment{after.balances, closed ? 1u : 0u, false};
}

void PastBalances::expire(BookId book, Timestamp at, const TransferExpired& expired) {
  const auto release = [&](std::uint16_t closing) {
    return Release{expired.amount, (expired.flags & closing) != 0};
  };
  AccountEntry debit{at, false, 0, std::nullopt, release(transfer_flags::closing_debit)};
  AccountEntry credit{at, true, 0, std::nullopt, release(transfer_flags::closing_credit)};
  add(book, expired.debit_account_id, expired.debit, debit);
  add(book, expired.credit_account_id, expired.credit, credit);
  last_[book] = at;  // expiries have engine time, which ascends
  expired_.insert(book);
}

void PastBalances::add(BookId book, AccountId account, const AccountAfter& after, AccountEntry entry) {
  entry.moment = moment_after(after);
  if (entry.moment) rows_.insert_or_assign(expiry_key(book, account, entry.timestamp), entry);
}

Result<Timestamp> PastBalances::last_expiry(BookId book, const StoreReader& store) {
  if (const auto known = last_.find(book); known != last_.end()) return known->second;
  FLORIN_TRY_ASSIGN(const auto value, store.get(expired_key(book)));
  FLORIN_TRY_ASSIGN(const auto stored, decode_row<Timestamp>(value, read_timestamp));
  return last_[book] = stored.value_or(Timestamp{});
}

// Brings the stored expiries of the account from this moment on into memory, where newer ones stay.
Result<void> PastBalances::load(AccountKey account, Timestamp from, const StoreReader& store) {
  bool broken = false;
  const auto visit = [&](ByteView key, ByteView value) {
    Reader in(value);
    const AccountEntry entry = read_entry({last_big_endian<std::uint64_t>(key)}, in);
    broken = !in.done() || !entry.expiry;
    rows_.try_emplace(Bytes(key.begin(), key.end()), entry);
    return !broken;
  };
  FLORIN_TRY(store.scan(expiry_key(account.book, account.id, from),
                        prefix_end(expiries_prefix(account.book, account.id)), ScanOrder::ascending, visit));
  return broken ? broken_row() : Result<void>{};
}

Result<void> PastBalances::date_back(AccountKey account, AccountEntry& entry, const StoreReader& store) {
  if (!entry.moment) return {};
  FLORIN_TRY_ASSIGN(const Timestamp last, last_expiry(account.book, store));
  if (last < entry.timestamp) return {};
  FLORIN_TRY(load(account, entry.timestamp, store));
  const auto first = rows_.lower_bound(expiry_key(account.book, account.id, entry.timestamp));
  auto row = rows_.lower_bound(prefix_end(expiries_prefix(account.book, account.id)));
  while (row != first) {  // from the last one, which is what the account is now, back to the transfer
    --row;
    row->second.moment = *entry.moment;
    entry.moment = before(*entry.moment, row->second);
  }
  return {};
}

void PastBalances::move_into(RowBuffer& rows) {
  for (const auto& [key, entry] : rows_) rows.put(key, encode(entry));
  for (const BookId book : expired_) rows.put(expired_key(book), encode(last_.at(book)));
  rows_.clear();
  expired_.clear();
}

Result<Answer<std::optional<BalancesAt>>> HostedHistory::balances_at(BookId book, AccountId id,
                                                                     Timestamp at) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(auto last, last_transfer(reading.rows(), book, id, at));
  FLORIN_TRY_ASSIGN(const auto expiry, last_expiry(reading.rows(), book, id, at));
  // Of the same moment, which an imported transfer can share, the expiry is later.
  if (expiry && (!last || expiry->timestamp >= last->timestamp)) last = expiry;
  if (!last || !last->moment) return Answer<std::optional<BalancesAt>>{std::nullopt, reading.at()};
  return Answer<std::optional<BalancesAt>>{BalancesAt{told(*last->moment), last->moment->closed > 0},
                                           reading.at()};
}

}  // namespace florin::projections
