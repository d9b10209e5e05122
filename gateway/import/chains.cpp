#include "gateway/import/chains.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "gateway/import/batch.hpp"

namespace florin::importing {
namespace {

using nlohmann::json;

constexpr std::string_view chain_failed = "linked_event_failed";

// What no server creates: it breaks the chain that it ends.
const Item& breaker() {
  static const Item item{{}, "0", R"({"id":"0"})"};
  return item;
}

// As many members as one call takes, each with a breaker behind it, and one at least.
std::size_t fitting(std::span<const Item> members) {
  std::size_t count = 0, bytes = 0;
  while (count < members.size() && count < batch_items_max / 2 && bytes <= batch_bytes_max)
    bytes += members[count++].json.size() + breaker().json.size();
  return count;
}

// The server compares flags as well, so that a member must be sent as it is, linked: each begins a chain of
// its own, which is broken behind it. A last member is linked to none, and a dry run keeps it from being
// created; to what follows in the call its id is there all the same, though it is not.
Result<std::vector<json>> ask_about_each(Api& api, const Target& target, std::span<const Item> members) {
  std::vector<json> results;
  std::set<std::string> absent;
  while (results.size() < members.size()) {
    const auto rest = members.subspan(results.size());
    const auto asked = rest.first(fitting(rest));
    std::vector<Item> batch;
    for (const Item& member : asked) {
      batch.push_back(member);
      if (member.linked) batch.push_back(breaker());
    }
    FLORIN_TRY_ASSIGN(const HttpAnswer answer, api.post(target.path, body_of(target, batch, true)));
    FLORIN_TRY_ASSIGN(BatchResults read, read_results(answer, target, batch.size()));
    for (std::size_t i = 0, at = 0; i < asked.size(); at += asked[i++].linked ? 2 : 1) {
      if (status_of(read.results[at]) == "created") absent.insert(asked[i].id);
      results.push_back(absent.count(asked[i].id) != 0 ? json{{"status", chain_failed}}
                                                       : std::move(read.results[at]));
    }
  }
  return results;
}

}  // namespace

std::pair<std::size_t, std::size_t> chain_around(std::span<const Item> batch, std::size_t i) {
  std::size_t first = i, last = i;
  while (first > 0 && batch[first - 1].linked) --first;
  while (last + 1 < batch.size() && batch[last].linked) ++last;
  return {first, last + 1};
}

Result<void> look_into_broken_chains(Api& api, const Target& target, std::span<const Item> batch,
                                     std::vector<json>& results) {
  std::vector<Item> members;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // of a member, and of its chain's culprit
  for (std::size_t first = 0, end = 0; first < batch.size(); first = end) {
    end = chain_around(batch, first).second;
    std::size_t culprit = first;
    while (culprit < end && !status_of(results[culprit]).starts_with("exists")) ++culprit;
    for (std::size_t i = first; culprit < end && i < end; ++i) {
      if (status_of(results[i]) != chain_failed) continue;
      members.push_back(batch[i]);
      places.emplace_back(i, culprit);
    }
  }
  FLORIN_TRY_ASSIGN(std::vector<json> found, ask_about_each(api, target, members));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [place, culprit] = places[i];
    if (status_of(found[i]) == chain_failed)
      found[i] = {{"status", chain_failed},
                  {target.kind, batch[culprit].id + " of its chain is there already"}};
    results[place] = std::move(found[i]);
  }
  return {};
}

}  // namespace florin::importing
