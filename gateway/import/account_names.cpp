#include "gateway/import/account_names.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "gateway/import/items.hpp"

namespace florin::importing {
namespace {

using nlohmann::json;

constexpr std::size_t ids_in_a_query_max = 100;  // as many as the server takes in one field

bool bears(const json& metadata, const PlannedAccount& planned) {
  const Metadata names = names_of(planned);
  return std::all_of(names.begin(), names.end(), [&metadata](const auto& name) {
    const auto found = metadata.find(name.first);
    return found != metadata.end() && *found == name.second;
  });
}

// The metadata of those that there are, by their ids.
Result<std::map<std::string, json>> read_metadata(Api& api, std::span<const PlannedAccount> accounts,
                                                  const std::string& position) {
  std::string ids;
  for (const PlannedAccount& planned : accounts)
    ids += (ids.empty() ? "" : ",") + to_string(planned.account.id);
  FLORIN_TRY_ASSIGN(const HttpAnswer answer,
                    api.get("/ledger/accounts?limit=" + std::to_string(ids_in_a_query_max) +
                            "&min_position=" + position + "&id=" + ids));
  if (answer.status != 200) return refused_call("GET /ledger/accounts", read_problem(answer, {}));
  const json body = json::parse(answer.body, nullptr, false);
  std::map<std::string, json> found;
  try {
    for (const json& row : body.at("data")) found[row.at("id").get<std::string>()] = row.at("metadata");
  } catch (const json::exception&) {
    return fail(Errc::format,
                "GET /ledger/accounts was answered with something else than a list of accounts");
  }
  return found;
}

}  // namespace

Result<std::vector<bool>> find_named(Api& api, std::span<const PlannedAccount> accounts,
                                     const std::string& position) {
  std::vector<bool> named;
  while (named.size() < accounts.size()) {
    const auto rest = accounts.subspan(named.size());
    const auto asked = rest.first(std::min(ids_in_a_query_max, rest.size()));
    FLORIN_TRY_ASSIGN(const auto metadata, read_metadata(api, asked, position));
    for (const PlannedAccount& planned : asked) {
      const auto found = metadata.find(to_string(planned.account.id));
      named.push_back(found != metadata.end() && bears(found->second, planned));
    }
  }
  return named;
}

}  // namespace florin::importing
