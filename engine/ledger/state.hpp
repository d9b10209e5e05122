// The state of the ledger core: the rows that decisions read and events change, for all books of a partition.
// Memory holds what was fetched and what changed; the store has the rest (rows.hpp says how rows look there).
//
// Owner: the processor (one thread). A row must be fetched before it is read: decide.hpp's collect functions
// say which.
#pragma once

#include <vector>

#include "engine/base/table.hpp"
#include "engine/ledger/expiry_queue.hpp"
#include "schemas/ledger.hpp"

namespace florin::ledger {

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

// The last timestamps given in a book: what an imported one must be greater than.
struct BookMarks {
  Timestamp last_account, last_transfer;
  friend bool operator==(const BookMarks&, const BookMarks&) = default;
};

// Rows that a command needs and that memory does not know.
struct Fetch {
  std::vector<InBook<AccountId>> accounts;
  std::vector<InBook<TransferId>> transfer_ids;
  std::vector<InBook<Timestamp>> transfers;
  std::vector<InBook<Timestamp>> account_times;
  std::vector<BookId> marks;
  bool empty() const {
    return accounts.empty() && transfer_ids.empty() && transfers.empty() && account_times.empty() &&
           marks.empty();
  }
};

// Rows kept in memory after a commit; a table over its bound starts empty again.
inline constexpr std::size_t account_rows_max = 1 << 18;
inline constexpr std::size_t transfer_rows_max = 1 << 16;
inline constexpr std::size_t mark_rows_max = 1 << 16;

struct State {
  Table<InBook<AccountId>, Account, InBookHash> accounts;
  Table<InBook<TransferId>, TransferIdRow, InBookHash> transfer_ids;
  Table<InBook<Timestamp>, TransferRow, InBookHash> transfers;
  Table<InBook<Timestamp>, AccountId, InBookHash>
      account_times;  // the account that was created at this timestamp
  Table<BookId, BookMarks, std::hash<BookId>> marks;
  ExpiryQueue expiries;

  // A chain is a savepoint: all that was applied since begin_chain() is undone by rollback() or stays by
  // keep().
  void begin_chain();
  void keep();
  void rollback();

  // Null when there is none: no such id, or a burnt one.
  const TransferRow* find_transfer(InBook<TransferId> id) const;
};

// When a pending transfer with a timeout is over.
Expiry expiry_of(BookId book, const Transfer& pending);

}  // namespace florin::ledger
