// What must hold for every book at every moment, checked over the rows of a store. For tests, replay and
// `florin check`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/ledger/id_check.hpp"
#include "engine/ledger/pending_check.hpp"
#include "engine/ledger/rows.hpp"

namespace florin::ledger {

// Feed every row of all_rows() in key order, then ask for what is broken. Memory grows with the ledgers, and
// up to a bound with what is pending. One thread.
//
// - sums: in each ledger the sums of debits and credits are equal, posted and pending alike.
// - pending: see pending_check.hpp.
// - limits: no account is over a limit, of its flags or set by a command.
// - ids: see id_check.hpp.
class InvariantCheck {
 public:
  explicit InvariantCheck(CheckPart pending_part = {}, std::size_t tracked_max = pending_tracked_max)
      : pending_(pending_part, tracked_max) {}

  Result<void> row(ByteView key, ByteView value);  // Errc::corrupt when it is no row of the ledger

  Findings sums() const;
  const PendingCheck& pending() const { return pending_; }
  const Findings& limits() const { return limits_; }
  const IdCheck& ids() const { return ids_; }

  // All of them: sentences that name the book and the ledger, account or transfer; none when all holds.
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

  Result<void> other_row(ByteView key, ByteView value);
  void account(InBook<AccountId> key, const AccountRow& account);
  void check_limits(InBook<AccountId> key, const AccountRow& account);

  std::map<InBook<LedgerId>, LedgerSums> ledgers_;
  PendingCheck pending_;
  IdCheck ids_;
  Findings limits_;
};

}  // namespace florin::ledger
