// The queries over all transfers of a book, answered from the read model of history.
#pragma once

#include "projections/index.hpp"
#include "projections/query.hpp"
#include "projections/view_host.hpp"

namespace florin::projections {

// Any thread; the host, which is that of the view of history, outlives it.
class HostedTransfers final : public Hosted<TransfersQuery> {
 public:
  explicit HostedTransfers(ViewHost& host, QueryBounds bounds = {}) : Hosted(host), bounds_(bounds) {}
  Result<Answer<Page<TransferRow>>> transfers(BookId book, const TransferFilter& filter,
                                              const Slice& slice) const override;
  Result<Answer<std::vector<TransferSums>>> sums(BookId book, const TransferFilter& filter,
                                                 const TimeRange& range) const override;

 private:
  const QueryBounds bounds_;
};

}  // namespace florin::projections
