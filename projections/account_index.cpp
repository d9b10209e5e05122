#include "projections/account_index.hpp"

namespace florin::projections {

using namespace account_rows;

void AccountIndex::add(BookId book, const Account& account) {
  const Timestamp at = account.timestamp;
  rows_.put(created_key(book, at), encode(account.id));
  rows_.put(index_key(id_prefix(book, account.id), at), {});
  put_code(index_, fields, book, account.ledger, account.code, at);
  put_user_data(index_, fields, book, account);
}

Result<void> AccountIndex::change(BookId book, const MetadataSet& set, const StoreReader& store) {
  return metadata_.change(book, set, store);
}

void AccountIndex::move_into(StoreBatch& batch) {
  metadata_.move_into(rows_);
  index_.move_into(batch);  // whose tables come first
  rows_.move_into(batch);
}

}  // namespace florin::projections
