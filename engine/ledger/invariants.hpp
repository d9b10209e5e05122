// What must hold for every book at every moment, checked over the rows of a store. For tests, replay and
// `florin check`.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/ledger/rows.hpp"

namespace florin::ledger {

// Feed every row of all_rows() in key order, then ask for what is broken. Memory grows with the ledgers, the
// open pending transfers and the accounts that they touch, not with all rows. One thread.
//
// - In each ledger the sums of debits and credits are equal, posted and pending alike.
// - What an account has pending is the sum of the open pending transfers that name it.
// - No account is over a limit that it was created with.
// - The expiry queue is exactly the open pending transfers that have a timeout.
class InvariantCheck {
 public:
  Result<void> row(ByteView key, ByteView value);  // Errc::corrupt when it is no row of the ledger
  // Sentences that name the book and the ledger or account; none when all holds.
  std::vector<std::string> broken() const;

 private:
  // A sum of amounts that cannot overflow: value + carries * 2^128.
  struct Sum {
    u128 value = 0;
    std::uint64_t carries = 0;
    void add(Amount amount) { carries += __builtin_add_overflow(value, amount.value, &value) ? 1 : 0; }
    friend bool operator==(const Sum&, const Sum&) = default;
  };
  struct LedgerSums {
    Sum debits_pending, debits_posted, credits_pending, credits_posted;
  };
  struct Held {  // modulo 2^128: held by the account's row minus held by open transfers, so 0 when they agree
    u128 debits = 0, credits = 0;
  };

  void account(InBook<AccountId> key, const Account& account);
  void transfer(BookId book, const TransferRow& row);

  std::map<InBook<LedgerId>, LedgerSums> ledgers_;
  std::map<InBook<AccountId>, Held> held_;
  std::set<Expiry> expiries_;  // of transfers, less those that have a row in the queue
  std::vector<std::string> found_;
};

}  // namespace florin::ledger
