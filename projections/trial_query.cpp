// The trial balance as it stands, and as it stood.
#include "projections/balances.hpp"

namespace florin::projections {
namespace {

using Rows = std::map<TrialKey, TrialSums>;

Result<Rows> present(const StoreReader& store, BookId book) {
  const auto read = [&](ByteView key, Reader& in) {
    const LedgerId ledger{last_big_endian<std::uint32_t>(key.first(key.size() - sizeof(std::uint16_t)))};
    return Rows::value_type{{book, ledger, last_big_endian<std::uint16_t>(key)}, read_trial(in)};
  };
  FLORIN_TRY_ASSIGN(const auto rows, read_rows<Rows::value_type>(store, row_key(table_trial, book.value),
                                                                 trial_rows_max, read));
  return Rows(rows.begin(), rows.end());
}

// Codes that have an account now and had none then are left out.
Result<Rows> past(const StoreReader& store, BookId book, Timestamp at) {
  FLORIN_TRY_ASSIGN(Rows rows, present(store, book));
  FLORIN_TRY_ASSIGN(const Timestamp checkpoint, checkpoint_before(store, book, at));
  for (auto& [key, sums] : rows) {
    FLORIN_TRY_ASSIGN(sums, sums_at(store, key, checkpoint));
  }
  FLORIN_TRY(each_move(store, book, checkpoint, at, [&](const TrialMove& move) {
    rows[move.debit_key()] += move.debit_change();
    if (move.kind != MoveKind::account_created) rows[move.credit_key()] += move.credit_change();
  }));
  std::erase_if(rows, [](const auto& row) { return row.second.accounts == 0; });
  return rows;
}

Result<std::vector<TrialBalanceRow>> told(const Rows& rows) {
  if (!all_balanced(rows))
    return fail(Errc::corrupt, "debits and credits of a ledger differ; rebuild the read model 'balances'");
  std::vector<TrialBalanceRow> answer;
  for (const auto& [key, row] : rows) answer.push_back({key.ledger, key.code, row.accounts, row.sums});
  return answer;
}

}  // namespace

Result<Answer<std::vector<TrialBalanceRow>>> HostedBalances::trial_balance(
    BookId book, std::optional<Timestamp> at) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(const Rows rows, at ? past(reading.rows(), book, *at) : present(reading.rows(), book));
  FLORIN_TRY_ASSIGN(auto answer, told(rows));
  return Answer<std::vector<TrialBalanceRow>>{std::move(answer), reading.at()};
}

}  // namespace florin::projections
