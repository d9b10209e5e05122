// The part of the view of history that keeps transactions: each by id and by timestamp, how much of it is
// reversed, and index rows by ledger and code, user data, metadata, account, and the transaction that it
// reverses. A reversal reads the transaction that it takes back; anything else is written without a read.
//
// The view's thread.
#pragma once

#include <map>

#include "projections/index_rows.hpp"
#include "projections/metadata.hpp"
#include "projections/transaction_rows.hpp"

namespace florin::projections {

class TransactionIndex {
 public:
  TransactionIndex();
  // `store` holds the view's rows up to the last write.
  Result<void> apply(const Event& event, const StoreReader& store);
  void move_into(StoreBatch& batch);

 private:
  using Key = InBook<TransactionId>;
  // What a reversal needs to know of the transaction that it takes back.
  struct Original {
    Timestamp timestamp;
    std::vector<Posting> postings;
    std::vector<Amount> reversed;  // empty = nothing yet
    bool changed = false;
  };

  Result<void> add(BookId book, const TransactionCreated& created, const StoreReader& store);
  void add_index(BookId book, const Transaction& transaction);
  Result<void> reverse(BookId book, const Transaction& reversal, const StoreReader& store);
  Result<Original*> fetch(Key key, const StoreReader& store);

  RowBuffer rows_;
  IndexBuffer index_;
  std::map<Key, Original> originals_;  // of this batch: created in it or reversed in it
  MetadataRows metadata_;
};

}  // namespace florin::projections
