// How the queries of history read a transfer with all that belongs to it.
#pragma once

#include "engine/store/store.hpp"
#include "projections/transfer_query.hpp"

namespace florin::projections {

// The transfer of an index row; corrupt when there is none.
Result<Transfer> transfer_at(const StoreReader& store, BookId book, Timestamp at);
// Its state, its metadata, and its transaction.
Result<TransferRow> whole(const StoreReader& store, BookId book, const Transfer& transfer);
// Looks at nothing that the filter does not ask for.
Result<bool> fits(const StoreReader& store, BookId book, const TransferFilter& filter,
                  const Transfer& transfer);

}  // namespace florin::projections
