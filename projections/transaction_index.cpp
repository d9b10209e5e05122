#include "projections/transaction_index.hpp"

#include <set>

namespace florin::projections {

using namespace transaction_rows;

namespace {

// Takes an amount back from postings of the other side of its account, the first ones first, as the engine
// does. False when there is not so much left.
bool take_back(const std::vector<Posting>& postings, std::vector<Amount>& reversed, const Posting& taken) {
  Amount left = taken.amount;
  for (std::size_t i = 0; i < postings.size(); ++i) {
    if (postings[i].account != taken.account || postings[i].side == taken.side) continue;
    const Amount part = min(left, Amount{postings[i].amount.value - reversed[i].value});
    reversed[i].value += part.value;
    left.value -= part.value;
  }
  return left == Amount{};
}

}  // namespace

TransactionIndex::TransactionIndex() : metadata_(fields.metadata) {}

Result<void> TransactionIndex::apply(const Event& event, const StoreReader& store) {
  if (const auto* created = std::get_if<TransactionCreated>(&event.body))
    return add(event.book, *created, store);
  const auto* set = std::get_if<MetadataSet>(&event.body);
  if (set != nullptr && set->target.kind == TargetKind::transaction)
    return metadata_.change(event.book, *set, store);
  return {};
}

Result<void> TransactionIndex::add(BookId book, const TransactionCreated& created, const StoreReader& store) {
  Stored stored{created.legs, created.transaction};
  stored.transaction.metadata.clear();
  const Transaction& transaction = stored.transaction;
  rows_.put(transaction_key(book, transaction.timestamp), encode(stored));
  rows_.put(id_key(book, transaction.id), encode(transaction.timestamp));
  metadata_.create(book, transaction.timestamp, created.transaction.metadata);
  add_index(book, transaction);
  originals_[{book, transaction.id}] = {transaction.timestamp, transaction.postings, {}, false};
  return transaction.reversal_of.value == 0 ? Result<void>{} : reverse(book, transaction, store);
}

void TransactionIndex::add_index(BookId book, const Transaction& transaction) {
  const Timestamp at = transaction.timestamp;
  std::set<LedgerId> ledgers;
  std::set<AccountId> accounts;
  for (const Posting& posting : transaction.postings) {
    ledgers.insert(posting.ledger);
    accounts.insert(posting.account);
  }
  for (const LedgerId ledger : ledgers) put_code(index_, fields, book, ledger, transaction.code, at);
  for (const AccountId account : accounts) index_.put(at, table_accounts, book.value, account.value);
  put_user_data(index_, fields, book, transaction);
  if (transaction.reversal_of.value != 0)
    rows_.put(index_key(reversals_prefix(book, transaction.reversal_of), at), {});
}

Result<void> TransactionIndex::reverse(BookId book, const Transaction& reversal, const StoreReader& store) {
  FLORIN_TRY_ASSIGN(Original* const original, fetch({book, reversal.reversal_of}, store));
  original->reversed.resize(original->postings.size());
  original->changed = true;
  for (const Posting& posting : reversal.postings)
    if (!take_back(original->postings, original->reversed, posting))
      return fail(Errc::corrupt, "a reversal takes back more than there is");
  return {};
}

Result<TransactionIndex::Original*> TransactionIndex::fetch(Key key, const StoreReader& store) {
  if (const auto it = originals_.find(key); it != originals_.end()) return &it->second;
  FLORIN_TRY_ASSIGN(const auto id_row, store.get(id_key(key.book, key.id)));
  FLORIN_TRY_ASSIGN(const auto at, decode_row<Timestamp>(id_row, read_timestamp));
  if (!at) return fail(Errc::corrupt, "a transaction is reversed that the rows do not have");
  FLORIN_TRY_ASSIGN(const auto rows,
                    store.get_many({transaction_key(key.book, *at), reversed_key(key.book, *at)}));
  FLORIN_TRY_ASSIGN(auto stored, decode_row<Stored>(rows[0], read_stored));
  FLORIN_TRY_ASSIGN(auto reversed, decode_row<std::vector<Amount>>(rows[1], read_reversed));
  if (!stored) return fail(Errc::corrupt, "a transaction is reversed that has only one of its rows");
  auto& original = originals_[key];
  original = {*at, std::move(stored->transaction.postings),
              std::move(reversed).value_or(std::vector<Amount>{}), false};
  return &original;
}

void TransactionIndex::move_into(StoreBatch& batch) {
  for (const auto& [key, original] : originals_)
    if (original.changed) rows_.put(reversed_key(key.book, original.timestamp), encode(original.reversed));
  originals_.clear();
  metadata_.move_into(rows_);
  rows_.move_into(batch);
  index_.move_into(batch);
}

}  // namespace florin::projections
