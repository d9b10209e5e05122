// Which transfers fit a filter: as far as index rows tell it, and as the transfers themselves tell it.
#pragma once

#include "projections/index.hpp"
#include "projections/transfer_query.hpp"

namespace florin::projections {

// Takes every field that has an index.
Result<IndexQuery> index_query(const StoreReader& store, BookId book, const TransferFilter& filter,
                               Budget& budget);

// All that the transfer alone can tell; state and metadata have rows of their own.
bool fits(const TransferFilter& filter, const Transfer& transfer);

}  // namespace florin::projections
