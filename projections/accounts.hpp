// The queries over all accounts of a book, answered from the read model of balances.
#pragma once

#include "projections/index.hpp"
#include "projections/query.hpp"
#include "projections/view_host.hpp"

namespace florin::projections {

// Any thread; the host, which is that of the view of balances, outlives it.
class HostedAccounts final : public Hosted<AccountsQuery> {
 public:
  explicit HostedAccounts(ViewHost& host, QueryBounds bounds = {}) : Hosted(host), bounds_(bounds) {}
  Result<Answer<Page<AccountRow>>> accounts(BookId book, const AccountFilter& filter,
                                            const Slice& slice) const override;
  Result<Answer<std::vector<AccountSums>>> sums(BookId book, const AccountFilter& filter,
                                                const TimeRange& range) const override;

 private:
  const QueryBounds bounds_;
};

}  // namespace florin::projections
