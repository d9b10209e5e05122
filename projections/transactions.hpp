// The queries over the transactions of a book, answered from the read model of history.
#pragma once

#include "projections/query.hpp"
#include "projections/view_host.hpp"

namespace florin::projections {

// Any thread; the host, which is that of the view of history, outlives it.
class HostedTransactions final : public Hosted<TransactionsQuery> {
 public:
  using Hosted::Hosted;
  Result<Answer<std::optional<TransactionRow>>> transaction(BookId book, TransactionId id) const override;
  Result<Answer<Timestamp>> whole_moment(BookId book, Timestamp at) const override;
  Result<Answer<Page<TransactionRow>>> transactions(BookId book, const TransactionFilter& filter,
                                                    const Slice& slice) const override;
};

}  // namespace florin::projections
