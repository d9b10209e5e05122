// The state of the ledger core: the rows that decisions read and events change, for all books of a partition.
// Memory holds what was fetched and what changed; the store has the rest (rows.hpp says how rows look there).
//
// Owner: the processor (one thread). A row must be fetched before it is read: decide.hpp's collect functions
// say which.
#pragma once

#include <map>
#include <vector>

#include "engine/base/table.hpp"
#include "engine/ledger/expiry_queue.hpp"
#include "schemas/transactions.hpp"

namespace florin::ledger {

// An account, and how far its balance may go where a command has said so.
struct AccountRow : Account {
  AccountRow() = default;
  explicit AccountRow(const Account& account) : Account(account) {}
  Limits limits;
  friend bool operator==(const AccountRow&, const AccountRow&) = default;
};

enum class PendingStatus : std::uint8_t {
  none = 0,  // not a pending transfer
  pending = 1,
  posted = 2,
  voided = 3,
  expired = 4,
};

struct TransferRow {
  Transfer transfer;
  PendingStatus status = PendingStatus::none;
  friend bool operator==(const TransferRow&, const TransferRow&) = default;
};

// What is known of a transfer's id: the timestamp of the transfer that bears it, or that the id is burnt (a
// transient failure took it for ever), which is told by timestamp 0.
struct TransferIdRow {
  Timestamp transfer;
  bool burnt() const { return transfer.value == 0; }
  friend bool operator==(const TransferIdRow&, const TransferIdRow&) = default;
};

// A transaction, or what is known of an id that a transient failure took for ever: that has timestamp 0.
struct TransactionRow {
  struct Line {
    Posting posting;
    Amount reversed;  // so far; never more than the posting's amount
    friend bool operator==(const Line&, const Line&) = default;
  };
  TransactionId reversal_of;
  u128 user_data_128 = 0;
  std::uint64_t user_data_64 = 0;
  std::uint32_t user_data_32 = 0;
  std::uint16_t code = 0;
  std::uint16_t flags = 0;
  Timestamp timestamp;
  Hash256 metadata_hash{};  // of what it was created with; zero when that was nothing
  std::vector<Line> lines;
  bool burnt() const { return timestamp.value == 0; }
  friend bool operator==(const TransactionRow&, const TransactionRow&) = default;
};

struct InBookTargetHash {
  std::size_t operator()(const InBook<Target>& key) const {
    const InBook<TransferId> id{key.book, {key.id.id}};
    return InBookHash{}(id)*3 + static_cast<std::size_t>(key.id.kind);
  }
};

// The last timestamps given in a book: what an imported one must be greater than. And the greatest id that a
// transfer has taken, burnt ones too and those of legs apart: a greater one needs no look into the store.
struct BookMarks {
  Timestamp last_account, last_transfer;
  TransferId greatest_transfer_id;
  friend bool operator==(const BookMarks&, const BookMarks&) = default;
};

// Rows that a command needs and that memory does not know.
struct Fetch {
  std::vector<InBook<AccountId>> accounts;
  std::vector<InBook<TransferId>> transfer_ids;
  std::vector<InBook<Timestamp>> transfers;
  std::vector<InBook<Timestamp>> account_times;
  std::vector<BookId> marks;
  std::vector<InBook<TransactionId>> transactions;
  std::vector<InBook<Target>> metadata;
  // Not rows: ids that no row can have, which learn() takes note of.
  std::vector<InBook<TransferId>> new_transfer_ids;
  // Not rows: the transactions that these commands may create, and how many postings they have. A whole
  // reversal behind one of them needs as many.
  std::map<InBook<TransactionId>, std::size_t> created;
  bool empty() const {
    return accounts.empty() && transfer_ids.empty() && transfers.empty() && account_times.empty() &&
           marks.empty() && transactions.empty() && metadata.empty();
  }
};

// Rows kept in memory after a commit; a table over its bound starts empty again.
inline constexpr std::size_t account_rows_max = 1 << 18;
inline constexpr std::size_t transfer_rows_max = 1 << 16;
inline constexpr std::size_t mark_rows_max = 1 << 16;
inline constexpr std::size_t transaction_rows_max = 1 << 12;
inline constexpr std::size_t metadata_rows_max = 1 << 12;

struct State {
  Table<InBook<AccountId>, AccountRow, InBookHash> accounts;
  Table<InBook<TransferId>, TransferIdRow, InBookHash> transfer_ids;
  Table<InBook<Timestamp>, TransferRow, InBookHash> transfers;
  Table<InBook<Timestamp>, AccountId, InBookHash>
      account_times;  // the account that was created at this timestamp
  Table<BookId, BookMarks, std::hash<BookId>> marks;
  Table<InBook<TransactionId>, TransactionRow, InBookHash> transactions;
  Table<InBook<Target>, Metadata, InBookTargetHash> metadata;
  ExpiryQueue expiries;

  // A chain, a transaction, an atomic bulk and a dry run are savepoints, one inside the other: all that was
  // applied since begin() is undone by rollback() or stays by keep().
  void begin();
  void keep();
  void rollback();

  // Null when there is none: no such id, or a burnt one.
  const TransferRow* find_transfer(InBook<TransferId> id) const;
  const TransactionRow* find_transaction(InBook<TransactionId> id) const;

 private:
  template <class Visit>
  void each_table(Visit visit) {
    visit(accounts);
    visit(transfer_ids);
    visit(transfers);
    visit(account_times);
    visit(marks);
    visit(transactions);
    visit(metadata);
    visit(expiries);
  }
};

// When a pending transfer with a timeout is over.
Expiry expiry_of(BookId book, const Transfer& pending);

}  // namespace florin::ledger
