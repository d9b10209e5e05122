// The sums of the trial balance: for each (book, ledger, account code) the number of accounts and the four
// sums of their balances. Sums are wider than a balance, because each account alone may hold up to 2^128-1.
// Pure.
//
// Invariant: within a ledger, debits equal credits, pending and posted each. It is checked for what every
// event adds (TrialChange::move), asserted for every batch before it is written, and checked again whenever
// the sums are read.
#pragma once

#include <map>

#include "engine/base/codec.hpp"
#include "projections/query.hpp"
#include "projections/wide_sum.hpp"

namespace florin::projections {

inline constexpr std::uint8_t table_trial = 3;

WideBalances difference(const Balances& after, const Balances& before);

struct TrialKey {
  BookId book;
  LedgerId ledger;
  std::uint16_t code = 0;
  friend constexpr auto operator<=>(const TrialKey&, const TrialKey&) = default;
};

struct TrialSums {
  std::uint64_t accounts = 0;
  WideBalances sums;
  TrialSums& operator+=(const TrialSums& other) {
    accounts += other.accounts;
    sums += other.sums;
    return *this;
  }
  friend bool operator==(const TrialSums&, const TrialSums&) = default;
};

void write_trial(Writer& out, const TrialSums& row);
TrialSums read_trial(Reader& in);

// Do debits equal credits in every ledger? The rows are those of whole ledgers, in order of book and ledger.
bool all_balanced(const std::map<TrialKey, TrialSums>& rows);

}  // namespace florin::projections
