// Which accounts bear their names already, from an earlier run: setting a name again would change nothing,
// and the server does not say so.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "gateway/import/api.hpp"
#include "gateway/import/plan.hpp"

namespace florin::importing {

// A bool for each account: it has all the metadata that name_item() would set. An account that the server
// does not show has none. `position` is one behind whatever may have set them. Errors: those of Api::get().
Result<std::vector<bool>> find_named(Api& api, std::span<const PlannedAccount> accounts,
                                     const std::string& position);

}  // namespace florin::importing
