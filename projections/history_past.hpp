// Balances at a past moment. They need more than the rows of transfers: the expiry of a hold changes balances
// as well and has rows of its own; and an imported transfer may bear an earlier timestamp than expiries that
// came before it in the log. Its own balances then leave out what those released, and theirs take in what it
// moved, so that a row always tells the sum of everything up to its timestamp.
//
// Only expiries can lie behind an imported transfer in time, since transfers must not regress. They are few
// there, and only the imports of a book whose last expiry is later pay for looking.
#pragma once

#include <map>
#include <set>

#include "projections/history_rows.hpp"
#include "schemas/events.hpp"

namespace florin::projections {

// What the event says of an account that keeps a history; none for any other.
std::optional<history_rows::AccountMoment> moment_after(const AccountAfter& after);

// The part of the view that writes rows of expiries. Its thread.
class PastBalances {
 public:
  using AccountKey = InBook<AccountId>;

  void expire(BookId book, Timestamp at, const TransferExpired& expired);
  // `entry` holds what the account is after a transfer with a timestamp of the past in the order of the log;
  // afterwards in the order of time. The rows of later expiries follow.
  Result<void> date_back(AccountKey account, history_rows::AccountEntry& entry, const StoreReader& store);
  void move_into(RowBuffer& rows);

 private:
  void add(BookId book, AccountId account, const AccountAfter& after, history_rows::AccountEntry entry);
  Result<Timestamp> last_expiry(BookId book, const StoreReader& store);
  Result<void> load(AccountKey account, Timestamp from, const StoreReader& store);

  std::map<Bytes, history_rows::AccountEntry> rows_;  // of expiries: new ones, and those that change
  std::map<BookId, Timestamp> last_;                  // expiry of a book, as far as it was needed
  std::set<BookId> expired_;                          // books with an expiry in this batch
};

}  // namespace florin::projections
