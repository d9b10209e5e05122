// What can be asked about the accounts of a book. Read by the gateway through projections/query.hpp.
#pragma once

#include "projections/field_filter.hpp"
#include "projections/page.hpp"
#include "projections/progress.hpp"
#include "projections/wide_sum.hpp"
#include "schemas/ledger.hpp"

namespace florin::projections {

// An account as it stands.
struct AccountRow {
  Account account;
  Limits limits;
  Metadata metadata{};
};
inline Timestamp timestamp_of(const AccountRow& row) { return row.account.timestamp; }

// The sides of an account.
enum class Side : std::uint8_t { any, debit, credit };

// The posted balance of an account is what one side is ahead of the other. It stands on that side, and a
// balance of zero on both.
struct AccountFilter : FieldFilter {
  std::vector<AccountId> ids;
  std::uint16_t flags = 0;  // has one of these; 0 fits all
  Side side = Side::any;    // on which the posted balance stands
  Amount balance_min, balance_max = florin::amount_max;
  friend bool operator==(const AccountFilter&, const AccountFilter&) = default;
};

// The accounts of one ledger that fit: how many, the sums of their balances, and when they were created.
struct AccountSums {
  LedgerId ledger;
  std::uint64_t count = 0;
  WideBalances balances;
  Timestamp first, last;
};

// Errors besides those of every query: as of TransfersQuery.
class AccountsQuery : public virtual Progress {
 public:
  // By the time of their creation.
  virtual Result<Answer<Page<AccountRow>>> accounts(BookId book, const AccountFilter& filter,
                                                    const Slice& slice) const = 0;
  // By ledger; those without an account that fits are left out.
  virtual Result<Answer<std::vector<AccountSums>>> sums(BookId book, const AccountFilter& filter,
                                                        const TimeRange& range) const = 0;
};

}  // namespace florin::projections
