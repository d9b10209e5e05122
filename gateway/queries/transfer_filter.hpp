// What lists of transfers may be asked for, read from the parameters of the URL.
#pragma once

#include "gateway/queries/lists.hpp"

namespace florin::gateway {

// All fields but ids, ledgers and accounts: what these mean is the list's business.
projections::TransferFilter read_transfer_filter(Parameters& parameters, const Request& request);

}  // namespace florin::gateway
