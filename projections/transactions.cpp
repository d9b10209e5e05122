#include "projections/transactions.hpp"

#include "projections/find_page.hpp"
#include "projections/transaction_rows.hpp"

namespace florin::projections {

using namespace transaction_rows;

namespace {

Result<Stored> stored_at(const StoreReader& store, BookId book, Timestamp at) {
  FLORIN_TRY_ASSIGN(const auto row, store.get(transaction_key(book, at)));
  FLORIN_TRY_ASSIGN(auto stored, decode_row<Stored>(row, read_stored));
  if (!stored)
    return fail(Errc::corrupt, "an index row names a transaction that is not there; rebuild 'history'");
  return *std::move(stored);
}

// The reversals of a transaction, the first ones when there are too many to name.
Result<std::vector<TransactionId>> reversals_of(const StoreReader& store, BookId book, TransactionId id) {
  std::vector<Timestamp> timestamps;
  const auto visit = [&](ByteView key, ByteView) {
    timestamps.push_back({last_big_endian<std::uint64_t>(key)});
    return timestamps.size() < reversals_shown_max;
  };
  const Bytes prefix = reversals_prefix(book, id);
  FLORIN_TRY(store.scan(prefix, prefix_end(prefix), ScanOrder::ascending, visit));
  std::vector<TransactionId> ids;
  for (const Timestamp at : timestamps) {
    FLORIN_TRY_ASSIGN(const auto row, store.get(transaction_key(book, at)));
    if (!row) return fail(Errc::corrupt, "a reversal is not there; rebuild 'history'");
    Reader in(*row);
    ids.push_back(read_head(in).id);
  }
  return ids;
}

Result<TransactionRow> whole(const StoreReader& store, BookId book, Stored stored) {
  TransactionRow row{std::move(stored.transaction), {}, {}, stored.legs};
  const Timestamp at = row.transaction.timestamp;
  FLORIN_TRY_ASSIGN(row.transaction.metadata, read_metadata_of(store, fields.metadata, book, at));
  FLORIN_TRY_ASSIGN(const auto reversed_row, store.get(reversed_key(book, at)));
  FLORIN_TRY_ASSIGN(auto reversed, decode_row<std::vector<Amount>>(reversed_row, read_reversed));
  row.reversed = std::move(reversed).value_or(std::vector<Amount>(row.transaction.postings.size()));
  if (row.reversed.size() != row.transaction.postings.size())
    return fail(Errc::corrupt, "a transaction's reversed amounts are not those of its postings");
  if (reversed_row) {
    FLORIN_TRY_ASSIGN(row.reversals, reversals_of(store, book, row.transaction.id));
  }
  return row;
}

// All but metadata.
bool fits(const TransactionFilter& filter, const Transaction& transaction) {
  const auto& postings = transaction.postings;
  const auto visible = [&](const Posting& posting) { return fits_ledger(filter.visible, posting.ledger); };
  const auto in_ledger = [&](const Posting& posting) { return fits_ledger(filter.ledgers, posting.ledger); };
  const auto of_account = [&](const Posting& posting) { return any_of(filter.accounts, posting.account); };
  return any_of(filter.ids, transaction.id) && fits_fields(filter, transaction) &&
         any_of(filter.reversal_of, transaction.reversal_of) &&
         std::all_of(postings.begin(), postings.end(), visible) &&
         std::any_of(postings.begin(), postings.end(), in_ledger) &&
         std::any_of(postings.begin(), postings.end(), of_account);
}

Result<IndexQuery> index_query(const StoreReader& store, BookId book, const TransactionFilter& filter,
                               Budget& budget) {
  IndexFields terms;
  const auto made_at = [&](TransactionId id) -> Result<std::optional<Timestamp>> {
    FLORIN_TRY_ASSIGN(const auto row, store.get(id_key(book, id)));
    return decode_row<Timestamp>(row, read_timestamp);
  };
  FLORIN_TRY(terms.add_ids(filter.ids, made_at, budget));
  terms.add(filter.accounts, [&](AccountId id) { return account_prefix(book, id); });
  const auto& originals = filter.reversal_of;
  if (std::find(originals.begin(), originals.end(), TransactionId{0}) == originals.end())
    terms.add(originals, [&](TransactionId id) { return reversals_prefix(book, id); });
  FieldFilter shared = filter;
  if (!shared.ledgers) shared.ledgers = filter.visible;
  FLORIN_TRY(add_fields(terms, store, fields, book, shared, budget));
  return std::move(terms).query(all_transactions(book));
}

}  // namespace

Result<Answer<std::optional<TransactionRow>>> HostedTransactions::transaction(BookId book,
                                                                              TransactionId id) const {
  using Found = Answer<std::optional<TransactionRow>>;
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(const auto row, reading.rows().get(id_key(book, id)));
  FLORIN_TRY_ASSIGN(const auto at, decode_row<Timestamp>(row, read_timestamp));
  if (!at) return Found{std::nullopt, reading.at()};
  FLORIN_TRY_ASSIGN(Stored stored, stored_at(reading.rows(), book, *at));
  FLORIN_TRY_ASSIGN(auto found, whole(reading.rows(), book, std::move(stored)));
  return Found{std::move(found), reading.at()};
}

Result<Answer<Timestamp>> HostedTransactions::whole_moment(BookId book, Timestamp at) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  FLORIN_TRY_ASSIGN(const auto row, last_row(reading.rows(), all_transactions(book), at.value));
  if (!row) return Answer<Timestamp>{at, reading.at()};
  Reader in(row->value);
  const Timestamp last{last_big_endian<std::uint64_t>(row->key) + read_head(in).legs};
  return Answer<Timestamp>{std::max(at, last), reading.at()};
}

Result<Answer<Page<TransactionRow>>> HostedTransactions::transactions(BookId book,
                                                                      const TransactionFilter& filter,
                                                                      const Slice& slice) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  const StoreReader& store = reading.rows();
  Budget budget(query_rows_max);
  FLORIN_TRY_ASSIGN(const IndexQuery query, index_query(store, book, filter, budget));
  std::size_t postings = 0;
  const auto fetch = [&](const std::vector<Timestamp>& timestamps) -> Result<std::vector<TransactionRow>> {
    std::vector<TransactionRow> rows;
    for (const Timestamp at : timestamps) {
      FLORIN_TRY_ASSIGN(Stored stored, stored_at(store, book, at));
      if (!fits(filter, stored.transaction)) continue;
      FLORIN_TRY_ASSIGN(auto row, whole(store, book, std::move(stored)));
      if (!fits_metadata(filter.metadata, row.transaction.metadata)) continue;
      postings += row.transaction.postings.size();
      rows.push_back(std::move(row));
    }
    return rows;
  };
  const auto enough = [&] { return postings >= page_postings_max; };
  FLORIN_TRY_ASSIGN(auto page, find_page<TransactionRow>(store, query, slice, budget, fetch, enough));
  return Answer<Page<TransactionRow>>{std::move(page), reading.at()};
}

}  // namespace florin::projections
