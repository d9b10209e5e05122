// The part of the view of balances by which accounts are found: index rows by id, by ledger and code, by user
// data that is not zero, and by metadata.
//
// A new account makes three rows, one more for each user data that it bears, and no read. The view's thread.
#pragma once

#include "projections/account_rows.hpp"

namespace florin::projections {

class AccountIndex {
 public:
  AccountIndex() : metadata_(account_rows::fields.metadata) {}
  void add(BookId book, const Account& account);
  // `store` holds the view's rows up to the last write.
  Result<void> change(BookId book, const MetadataSet& set, const StoreReader& store);
  void move_into(StoreBatch& batch);

 private:
  RowBuffer rows_;
  IndexBuffer index_;
  MetadataRows metadata_;
};

}  // namespace florin::projections
