// What can be asked about the transactions of a book. Read by the gateway through projections/query.hpp.
#pragma once

#include "projections/field_filter.hpp"
#include "projections/page.hpp"
#include "projections/progress.hpp"

namespace florin::projections {

// A page of transactions ends early, with a cursor to go on, when it holds so many postings.
inline constexpr std::size_t page_postings_max = 10'000;
// Reversals of one transaction that are named with it; all are found by TransactionFilter::reversal_of.
inline constexpr std::size_t reversals_shown_max = 1'000;

struct TransactionRow {
  Transaction transaction;               // with the metadata that it has now
  std::vector<Amount> reversed;          // of each posting
  std::vector<TransactionId> reversals;  // in the order of time
  std::uint32_t legs = 0;                // the transfers that post it: leg_id() of 0 .. legs-1
};
inline Timestamp timestamp_of(const TransactionRow& row) { return row.transaction.timestamp; }

// Of the ledgers of a transaction's postings one must fit `ledgers`, and all of them must fit `visible`.
struct TransactionFilter : FieldFilter {
  std::optional<std::vector<LedgerId>> visible;  // none = any
  std::vector<TransactionId> ids;
  std::vector<AccountId> accounts;  // one of its postings has one of these
  std::vector<TransactionId> reversal_of;
};

// Besides the errors of every query those of TransfersQuery.
class TransactionsQuery : public virtual Progress {
 public:
  virtual Result<Answer<std::optional<TransactionRow>>> transaction(BookId book, TransactionId id) const = 0;
  // A moment counts a transaction whole or not at all: from its timestamp on, before the transfers that post
  // it. The timestamp of the last of these where `at` lies among them, else `at` itself.
  virtual Result<Answer<Timestamp>> whole_moment(BookId book, Timestamp at) const = 0;
  virtual Result<Answer<Page<TransactionRow>>> transactions(BookId book, const TransactionFilter& filter,
                                                            const Slice& slice) const = 0;
};

}  // namespace florin::projections
