#include "projections/transfer_terms.hpp"

#include "projections/transfer_ids.hpp"
#include "projections/transfer_rows.hpp"

namespace florin::projections {

using namespace transfer_rows;

namespace {

// The rows of an account's history that are of transfers with the account on this side.
IndexTerm side_term(BookId book, const std::vector<AccountId>& accounts, std::optional<bool> credit) {
  IndexTerm term;
  for (const AccountId id : accounts) term.prefixes.push_back(history_rows::account_prefix(book, id));
  term.times = [credit](Timestamp first, ByteView value, std::vector<Timestamp>& out) {
    return history_rows::each_entry(first, value, [&](const history_rows::AccountEntry& entry) {
      if (!credit || entry.credit == *credit) out.push_back(entry.timestamp);
    });
  };
  return term;
}

void add_states(IndexFields& terms, BookId book, const std::vector<TransferState>& states) {
  if (std::find(states.begin(), states.end(), TransferState::posted) != states.end()) return;
  terms.add(states, [&](TransferState state) { return state_prefix(book, state); });
}

void add_pending(IndexFields& terms, BookId book, const std::vector<TransferId>& ids) {
  if (std::find(ids.begin(), ids.end(), TransferId{0}) != ids.end()) return;
  terms.add(ids, [&](TransferId id) { return resolver_prefix(book, id); });
}

}  // namespace

Result<IndexQuery> index_query(const StoreReader& store, BookId book, const TransferFilter& filter,
                               Budget& budget) {
  IndexFields terms;
  const auto made_at = [&](TransferId id) { return transfer_time(store, book, id); };
  FLORIN_TRY(terms.add_ids(filter.ids, made_at, budget));
  terms.add(side_term(book, filter.accounts, std::nullopt));
  terms.add(side_term(book, filter.debit_accounts, false));
  terms.add(side_term(book, filter.credit_accounts, true));
  add_pending(terms, book, filter.pending_ids);
  add_states(terms, book, filter.states);
  FLORIN_TRY(add_fields(terms, store, fields, book, filter, budget));
  return std::move(terms).query(row_key(history_rows::table_transfers, book.value),
                                history_rows::times_of_transfers);
}

bool fits(const TransferFilter& filter, const Transfer& transfer) {
  const auto& accounts = filter.accounts;
  return any_of(filter.ids, transfer.id) &&
         (any_of(accounts, transfer.debit_account_id) || any_of(accounts, transfer.credit_account_id)) &&
         any_of(filter.debit_accounts, transfer.debit_account_id) &&
         any_of(filter.credit_accounts, transfer.credit_account_id) &&
         fits_ledger(filter.ledgers, transfer.ledger) && fits_fields(filter, transfer) &&
         any_of(filter.pending_ids, transfer.pending_id) &&
         (filter.flags == 0 || (filter.flags & transfer.flags) != 0) &&
         transfer.amount >= filter.amount_min && transfer.amount <= filter.amount_max;
}

}  // namespace florin::projections
