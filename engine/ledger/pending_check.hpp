// What is held agrees with what is open: what an account has pending is the sum of the open pending transfers
// that name it, and the expiry queue is exactly the open pending transfers that have a timeout.
//
// Memory grows with the accounts and transfers that are concerned, up to a bound. Beyond it the rows have to
// be read again, each time with another part of the accounts and transfers in mind.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "engine/base/findings.hpp"
#include "engine/ledger/state.hpp"

namespace florin::ledger {

// Accounts with something pending, and transfers that are to expire, kept in memory; about 100 bytes each.
inline constexpr std::size_t pending_tracked_max = 1'000'000;

// Which accounts and transfers a check looks at: those whose hash modulo `of` is `index`.
struct CheckPart {
  std::uint32_t index = 0, of = 1;
};

// Feed all accounts, then all transfers, then the expiry queue.
class PendingCheck {
 public:
  explicit PendingCheck(CheckPart part = {}, std::size_t tracked_max = pending_tracked_max)
      : part_(part), tracked_max_(tracked_max) {}

  void account(InBook<AccountId> key, const Balances& balances);
  void transfer(BookId book, const TransferRow& row);
  void expiry(const Expiry& expiry);

  bool complete() const { return tracked() <= tracked_max_; }
  // When it is not: the parts of its part to go on with.
  std::vector<CheckPart> smaller_parts() const;
  Findings findings() const;  // when it is complete

 private:
  struct Held {  // modulo 2^128: held by the account's row minus held by open transfers, so 0 when they agree
    u128 debits = 0, credits = 0;
  };

  template <class Id>
  bool mine(InBook<Id> key) const {
    return InBookHash{}(key) % part_.of == part_.index;
  }
  std::size_t tracked() const { return held_.size() + expiries_.size(); }
  Held* held(InBook<AccountId> account);  // null when it is of another part, or over the bound

  const CheckPart part_;
  const std::size_t tracked_max_;
  std::uint64_t entries_ = 0;  // that were to be tracked, an account once for each of its transfers
  std::map<InBook<AccountId>, Held> held_;
  std::set<Expiry> expiries_;  // of transfers, less those that have a row in the queue
  Findings unexpected_;        // rows of the queue
};

}  // namespace florin::ledger
