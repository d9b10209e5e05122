// Transfers of one batch on their way into rows of several (history_rows.hpp). They are encoded as they come,
// into one buffer, since there are tens of thousands. The view's thread.
#pragma once

#include <map>

#include "projections/history_rows.hpp"

namespace florin::projections {

// Transfers of each book.
class TransferBuffer {
 public:
  void add(BookId book, const Transfer& transfer);  // in the order of time
  void move_into(RowBuffer& rows);

 private:
  struct Row {
    Timestamp first;
    std::size_t count = 0;
    Bytes value;
  };
  void close(BookId book, Row& row);

  std::map<BookId, Row> open_;
  RowBuffer full_;
};

// Entries of each account.
class EntryBuffer {
 public:
  void add(BookId book, AccountId account, const history_rows::AccountEntry& entry);  // in the order of time
  void move_into(StoreBatch& batch);

 private:
  struct Entry {
    AccountId account;
    BookId book;
    std::uint32_t begin = 0, end = 0;  // in bytes_
    Timestamp at;
    bool same_account(const Entry& other) const { return account == other.account && book == other.book; }
  };
  using Entries = std::vector<Entry>;
  Entries::const_iterator put_row(Entries::const_iterator first, StoreBatch& batch) const;

  Bytes bytes_;
  Entries entries_;
};

}  // namespace florin::projections
