#include "projections/transfers.hpp"

#include "projections/find_page.hpp"
#include "projections/transfer_reading.hpp"
#include "projections/transfer_terms.hpp"

namespace florin::projections {

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

}  // namespace florin::projections
