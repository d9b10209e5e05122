// Chains of linked items, and what became of those that broke on an item that is there already. The server
// says of the other members of such a chain only that it failed; asked about each alone, it says whether they
// are there too.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/import/api.hpp"
#include "gateway/import/items.hpp"

namespace florin::importing {

// Where the chain that item `i` belongs to begins and ends.
std::pair<std::size_t, std::size_t> chain_around(std::span<const Item> batch, std::size_t i);

// Puts into `results`, which are the server's for `batch`, what the members of such chains are by themselves.
// Creates nothing. Errors: as Api::post() and read_results().
Result<void> look_into_broken_chains(Api& api, const Target& target, std::span<const Item> batch,
                                     std::vector<nlohmann::json>& results);

}  // namespace florin::importing
