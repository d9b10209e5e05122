#include "projections/trial.hpp"

namespace florin::projections {

namespace {

WideSum difference(Amount after, Amount before) {
  WideSum sum{after.value};
  sum -= {before.value};
  return sum;
}

void write_sum(Writer& out, const WideSum& sum) {
  out.varint(sum.high);
  out.varint(sum.low);
}

WideSum read_sum(Reader& in) {
  WideSum sum;
  sum.high = in.varint<std::uint64_t>();
  sum.low = in.varint<u128>();
  return sum;
}

}  // namespace

WideBalances difference(const Balances& after, const Balances& before) {
  return {difference(after.debits_pending, before.debits_pending),
          difference(after.debits_posted, before.debits_posted),
          difference(after.credits_pending, before.credits_pending),
          difference(after.credits_posted, before.credits_posted)};
}

void write_trial(Writer& out, const TrialSums& row) {
  out.varint(row.accounts);
  write_sum(out, row.sums.debits_pending);
  write_sum(out, row.sums.debits_posted);
  write_sum(out, row.sums.credits_pending);
  write_sum(out, row.sums.credits_posted);
}

TrialSums read_trial(Reader& in) {
  TrialSums row;
  row.accounts = in.varint<std::uint64_t>();
  row.sums.debits_pending = read_sum(in);
  row.sums.debits_posted = read_sum(in);
  row.sums.credits_pending = read_sum(in);
  row.sums.credits_posted = read_sum(in);
  return row;
}

bool all_balanced(const std::map<TrialKey, TrialSums>& rows) {
  for (auto it = rows.begin(); it != rows.end();) {
    const auto [book, ledger, code] = it->first;
    WideBalances total;
    for (; it != rows.end() && it->first.book == book && it->first.ledger == ledger; ++it)
      total += it->second.sums;
    if (!total.balanced()) return false;
  }
  return true;
}

}  // namespace florin::projections
