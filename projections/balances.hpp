// The read model of balances: every account as it stands, and the trial balance of every book.
//
// A transfer event needs no read for an account that moved lately: the event carries the balances after, and
// the balances before (which the sums of the trial balance need) and the account's code are in a bounded
// table of recent accounts. An account that is not there costs one read. Attributes that never change stand
// in a row of their own, written once, and an account that moves often in a batch is written once.
#pragma once

#include <map>

#include "engine/base/table.hpp"
#include "engine/store/row_cursor.hpp"
#include "projections/account_index.hpp"
#include "projections/trial_past.hpp"
#include "projections/view.hpp"
#include "projections/view_host.hpp"

namespace florin::projections {

// About 150 bytes each. Beyond it the table starts empty again.
inline constexpr std::size_t recent_accounts_max = 131'072;
inline constexpr std::size_t trial_rows_max = 100'000;  // in one answer

class BalancesView : public View {
 public:
  explicit BalancesView(std::size_t checkpoint_moves = checkpoint_moves_max) : past_(checkpoint_moves) {}
  std::string_view name() const override { return "balances"; }
  std::uint32_t schema() const override { return 5; }
  Result<void> apply(const Event& event, const StoreReader& store) override;
  Result<void> write(StoreBatch& batch, const StoreReader& store) override;

 private:
  using AccountKey = InBook<AccountId>;
  using Standing = account_rows::Standing;

  Result<void> create(BookId book, const Account& account, const StoreReader& store);
  Result<void> set_limits(AccountKey key, const Limits& limits, const StoreReader& store);
  // `move` says when and in which ledger; its codes and amounts come from the accounts before and after.
  Result<void> apply(TrialMove move, AccountKey debit, const AccountAfter& debit_after, AccountKey credit,
                     const AccountAfter& credit_after, const StoreReader& store);
  Result<const Standing*> fetch(AccountKey key, const StoreReader& store);

  Table<AccountKey, Standing, InBookHash> recent_;
  RowBuffer created_;                        // attributes of new accounts
  std::map<AccountKey, Limits> limits_;      // that changed in this batch
  std::map<TrialKey, TrialSums> additions_;  // to the sums, by this batch
  PastTrial past_;
  AccountIndex index_;
};

// All balances of one moment, for those who compare them with another truth. One thread. Errors: corrupt, io.
class BalancesWalk {
 public:
  explicit BalancesWalk(Reading reading);
  Sequence at() const { return reading_->at(); }

  struct Row {
    BookId book;
    Account account;
    Limits limits;
  };
  Result<std::optional<Row>> next();  // in order of book and id; none at the end
  Result<std::map<TrialKey, TrialSums>> trial() const;

 private:
  Result<Limits> next_limits(ByteView account_key);

  std::unique_ptr<const Reading> reading_;  // stays where it is, since the cursors refer to it
  RowCursor attributes_, standing_, limits_;
};

// The query side. Any thread; the host outlives it.
class HostedBalances final : public Hosted<BalancesQuery> {
 public:
  using Hosted::Hosted;
  Result<Answer<std::optional<AccountRow>>> account(BookId book, AccountId id) const override;
  Result<Answer<std::vector<TrialBalanceRow>>> trial_balance(
      BookId book, std::optional<Timestamp> at = std::nullopt) const override;
  Result<BalancesWalk> walk() const;
};

}  // namespace florin::projections
