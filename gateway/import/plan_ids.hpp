// Ids from content, by a hash: whoever imports the same thing again names the same thing.
#pragma once

#include <string_view>

#include "gateway/import/journal.hpp"
#include "schemas/ids.hpp"

namespace florin::importing {

AccountId account_id(std::string_view name, std::string_view commodity);

// Of the date, the code, the description and the postings; not of the place in the file, so that lines may
// move. `occurrence` tells transactions apart that are equal in all of it, counted from 0.
TransactionId transaction_id(const JournalTransaction& transaction, std::uint64_t occurrence);

}  // namespace florin::importing
