#include "projections/transfers.hpp"

#include <map>

#include "projections/find_page.hpp"
#include "projections/transfer_reading.hpp"
#include "projections/transfer_terms.hpp"

namespace florin::projections {
namespace {

// In the order of time.
void add(TransferSums& sums, const Transfer& transfer) {
  if (sums.count++ == 0) sums.first = transfer.timestamp;
  sums.last = transfer.timestamp;
  sums.ledger = transfer.ledger;
  sums.amount += {transfer.amount.value};
}

}  // namespace

// New transfers come behind all others in time (imports too, which must not regress), so that a cursor that
// names a timestamp stays exact while transfers are added.
Result<Answer<Page<TransferRow>>> HostedTransfers::transfers(BookId book, const TransferFilter& filter,
                                                             const Slice& slice) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  const StoreReader& store = reading.rows();
  Budget budget(bounds_.page_rows);
  FLORIN_TRY_ASSIGN(const IndexQuery query, index_query(store, book, filter, budget));
  const auto fetch = [&](const std::vector<Timestamp>& timestamps) -> Result<std::vector<TransferRow>> {
    std::vector<TransferRow> rows;
    for (const Timestamp at : timestamps) {
      FLORIN_TRY_ASSIGN(const Transfer transfer, transfer_at(store, book, at));
      FLORIN_TRY_ASSIGN(const bool passes, fits(store, book, filter, transfer));
      if (!passes) continue;
      FLORIN_TRY_ASSIGN(auto row, whole(store, book, transfer));
      rows.push_back(std::move(row));
    }
    return rows;
  };
  FLORIN_TRY_ASSIGN(auto page, find_page<TransferRow>(store, query, slice, budget, fetch));
  return Answer<Page<TransferRow>>{std::move(page), reading.at()};
}

Result<Answer<std::vector<TransferSums>>> HostedTransfers::sums(BookId book, const TransferFilter& filter,
                                                                const TimeRange& range) const {
  FLORIN_TRY_ASSIGN(const Reading reading, host_.read());
  const StoreReader& store = reading.rows();
  Budget budget(bounds_.summary_rows);
  FLORIN_TRY_ASSIGN(const IndexQuery query, index_query(store, book, filter, budget));
  std::map<LedgerId, TransferSums> ledgers;
  const auto look = [&](const std::vector<Timestamp>& timestamps) -> Result<void> {
    for (const Timestamp at : timestamps) {
      FLORIN_TRY_ASSIGN(const Transfer transfer, transfer_at(store, book, at));
      FLORIN_TRY_ASSIGN(const bool passes, fits(store, book, filter, transfer));
      if (passes) add(ledgers[transfer.ledger], transfer);
    }
    return {};
  };
  FLORIN_TRY(look_at_all(store, query, range, budget, look));
  std::vector<TransferSums> rows;
  for (const auto& [ledger, sums] : ledgers) rows.push_back(sums);
  return Answer<std::vector<TransferSums>>{std::move(rows), reading.at()};
}

}  // namespace florin::projections
