#include "projections/accounts.hpp"

#include <map>

#include "projections/account_rows.hpp"
#include "projections/find_page.hpp"
#include "projections/trial.hpp"

namespace florin::projections {

using namespace account_rows;

namespace {

Result<IndexQuery> index_query(const StoreReader& store, BookId book, const AccountFilter& filter,
                               Budget& budget) {
  IndexFields terms;
  terms.add(filter.ids, [&](AccountId id) { return id_prefix(book, id); });
  FLORIN_TRY(add_fields(terms, store, fields, book, filter, budget));
  return std::move(terms).query(all_created(book));
}

bool fits_balance(const AccountFilter& filter, const Balances& balances) {
  const u128 debits = balances.debits_posted.value, credits = balances.credits_posted.value;
  if (filter.side == Side::debit && debits < credits) return false;
  if (filter.side == Side::credit && credits < debits) return false;
  const Amount balance{debits > credits ? debits - credits : credits - debits};
  return balance >= filter.balance_min && balance <= filter.balance_max;
}

// All but metadata.
bool fits(const AccountFilter& filter, const Account& account) {
  return any_of(filter.ids, account.id) && fits_ledger(filter.ledgers, account.ledger) &&
         fits_fields(filter, account) && (filter.flags == 0 || (filter.flags & account.flags) != 0) &&
         fits_balance(filter, account.balances);
}

// The accounts at these timestamps that fit.
Result<std::vector<Account>> fitting(const StoreReader& store, BookId book, const AccountFilter& filter,
                                     const std::vector<Timestamp>& timestamps) {
  FLORIN_TRY_ASSIGN(auto accounts, accounts_at(store, book, timestamps));
  std::erase_if(accounts, [&](const Account& account) { return !fits(filter, account); });
  if (filter.metadata.empty()) return accounts;
  std::vector<Account> found;
  for (const Account& account : accounts) {
    FLORIN_TRY_ASSIGN(const auto metadata, read_metadata_of(store, fields.metadata, book, account.timestamp));
    if (fits_metadata(filter.metadata, metadata)) found.push_back(account);
  }
  return found;
}

// In the order of time.
void add(AccountSums& sums, const Account& account) {
  if (sums.count++ == 0) sums.first = account.timestamp;
  sums.last = account.timestamp;
  sums.ledger = account.ledger;
  sums.balances += difference(account.balances, {});
}

}  // namespace

// New accounts come behind all others in time (imports too, which must not regress), so that a cursor that
// names a timestamp stays exact while accounts are created.
Result<Answer<Page<AccountRow>>> HostedAccounts::accounts(BookId book, const AccountFilter& filter,
                                                          const Slice& slice) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  const StoreReader& store = reading.rows();
  Budget budget(bounds_.page_rows);
  FLORIN_TRY_ASSIGN(const IndexQuery query, index_query(store, book, filter, budget));
  const auto fetch = [&](const std::vector<Timestamp>& timestamps) -> Result<std::vector<AccountRow>> {
    FLORIN_TRY_ASSIGN(const auto accounts, fitting(store, book, filter, timestamps));
    std::vector<AccountRow> rows;
    for (const Account& account : accounts) {
      FLORIN_TRY_ASSIGN(auto row, whole(store, book, account));
      rows.push_back(std::move(row));
    }
    return rows;
  };
  FLORIN_TRY_ASSIGN(auto page, find_page<AccountRow>(store, query, slice, budget, fetch));
  return Answer<Page<AccountRow>>{std::move(page), reading.at()};
}

Result<Answer<std::vector<AccountSums>>> HostedAccounts::sums(BookId book, const AccountFilter& filter,
                                                              const TimeRange& range) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  const StoreReader& store = reading.rows();
  Budget budget(bounds_.summary_rows);
  FLORIN_TRY_ASSIGN(const IndexQuery query, index_query(store, book, filter, budget));
  std::map<LedgerId, AccountSums> ledgers;
  const auto look = [&](const std::vector<Timestamp>& timestamps) -> Result<void> {
    FLORIN_TRY_ASSIGN(const auto accounts, fitting(store, book, filter, timestamps));
    for (const Account& account : accounts) add(ledgers[account.ledger], account);
    return {};
  };
  FLORIN_TRY(look_at_all(store, query, range, budget, look));
  std::vector<AccountSums> rows;
  for (const auto& [ledger, sums] : ledgers) rows.push_back(sums);
  return Answer<std::vector<AccountSums>>{std::move(rows), reading.at()};
}

}  // namespace florin::projections
