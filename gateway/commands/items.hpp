// Bodies of batches: JSON to items. Form is checked here, money in the engine: whatever the core has a result
// for goes through, ids of 0 and exclusive flags included.
#pragma once

#include <tl/expected.hpp>

#include "gateway/http/problem.hpp"
#include "schemas/commands.hpp"

namespace florin::gateway {

tl::expected<CommandBody, Problem> parse_ledgers(std::string_view body);    // {"ledgers":[...]}
tl::expected<CommandBody, Problem> parse_accounts(std::string_view body);   // {"accounts":[...]}
tl::expected<CommandBody, Problem> parse_transfers(std::string_view body);  // {"transfers":[...]}

}  // namespace florin::gateway
