#include "engine/ledger/limits.hpp"

namespace florin::ledger {
namespace {

Amount saturating_add(Amount a, Amount b) { return checked_add(a, b).value_or(amount_max); }

std::optional<Amount> limit(const std::optional<Amount>& set, bool flagged) {
  if (set) return set;
  return flagged ? std::optional(Amount{}) : std::nullopt;
}

// What can be added to `used` on one side while it stays within what is posted on the other side plus the
// limit.
Amount room(Amount used, Amount opposite, const std::optional<Amount>& max) {
  if (!max) return checked_subtract(amount_max, used).value_or(Amount{});
  return checked_subtract(saturating_add(opposite, *max), used).value_or(Amount{});
}

// Sums over 2^128-1 exceed every bound, so they are not within one either.
bool within(Amount pending, Amount posted, Amount opposite, const std::optional<Amount>& max) {
  if (!max) return true;
  const auto used = checked_add(pending, posted);
  return used && *used <= saturating_add(opposite, *max);
}

}  // namespace

std::optional<Amount> debit_balance_max(const AccountRow& account) {
  return limit(account.limits.debit_balance_max,
               (account.flags & account_flags::debits_must_not_exceed_credits) != 0);
}

std::optional<Amount> credit_balance_max(const AccountRow& account) {
  return limit(account.limits.credit_balance_max,
               (account.flags & account_flags::credits_must_not_exceed_debits) != 0);
}

Amount debits_available(const AccountRow& account) {
  const Balances& b = account.balances;
  return room(saturating_add(b.debits_pending, b.debits_posted), b.credits_posted,
              debit_balance_max(account));
}

Amount credits_available(const AccountRow& account) {
  const Balances& b = account.balances;
  return room(saturating_add(b.credits_pending, b.credits_posted), b.debits_posted,
              credit_balance_max(account));
}

bool within_debit_limit(const AccountRow& account) {
  const Balances& b = account.balances;
  return within(b.debits_pending, b.debits_posted, b.credits_posted, debit_balance_max(account));
}

bool within_credit_limit(const AccountRow& account) {
  const Balances& b = account.balances;
  return within(b.credits_pending, b.credits_posted, b.debits_posted, credit_balance_max(account));
}

}  // namespace florin::ledger
