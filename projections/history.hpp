// The read model of history: every transfer by id, every account's transfers in the order of time, what
// became of each pending transfer, and the balances after each transfer for accounts that keep a history.
//
// A transfer needs no read: what it resolves is told by a row of its own, under the id of the pending
// transfer. The transfers of a batch share rows (history_rows.hpp), because a row costs far more than what is
// in it. The rows by which transfers are found are in transfer_index.hpp.
#pragma once

#include "projections/history_buffers.hpp"
#include "projections/history_past.hpp"
#include "projections/rows.hpp"
#include "projections/transaction_index.hpp"
#include "projections/transfer_ids.hpp"
#include "projections/transfer_index.hpp"
#include "projections/view.hpp"
#include "projections/view_host.hpp"

namespace florin::projections {

// A query looks at no more rows of its account than this, whatever its filter; a page that ends there is
// short, or even empty, and has a cursor to go on with.
inline constexpr std::size_t scan_rows_max = 10'000;

class HistoryView final : public View {
 public:
  std::string_view name() const override { return "history"; }
  std::uint32_t schema() const override { return 5; }
  Result<void> apply(const Event& event, const StoreReader& store) override;
  Result<void> write(StoreBatch& batch, const StoreReader& store) override;

 private:
  Result<void> add(const Event& event, const TransferCreated& created, const StoreReader& store);
  void resolve(BookId book, TransferId pending, TransferState state);

  RowBuffer rows_;
  TransferIds ids_;
  TransferBuffer transfers_;
  EntryBuffer entries_;
  PastBalances past_;
  TransferIndex index_;
  TransactionIndex transactions_;
};

// The query side. Any thread; the host outlives it. Besides the errors of every query, both lists answer
// invalid_argument for a limit that is not 1 to page_items_max.
class HostedHistory final : public Hosted<HistoryQuery> {
 public:
  using Hosted::Hosted;
  Result<Answer<std::optional<TransferRow>>> transfer(BookId book, TransferId id) const override;
  Result<Answer<Page<TransferRow>>> account_transfers(BookId book, AccountId id,
                                                      const HistoryFilter& filter) const override;
  Result<Answer<Page<BalanceRow>>> account_balances(BookId book, AccountId id,
                                                    const HistoryFilter& filter) const override;
  Result<Answer<std::optional<BalancesAt>>> balances_at(BookId book, AccountId id,
                                                        Timestamp at) const override;
};

}  // namespace florin::projections
