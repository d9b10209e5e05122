#include "deploy/florin/check_port.hpp"

#include <algorithm>

namespace florin {
namespace {

using Json = nlohmann::ordered_json;

bool any(const Json& all, std::string_view state) {
  return std::any_of(all.begin(), all.end(), [&](const Json& one) { return one.at("state") == state; });
}

const Json& first(const Json& all, std::string_view state) {
  return *std::find_if(all.begin(), all.end(), [&](const Json& one) { return one.at("state") == state; });
}

// What is said of several partitions at once: of the first that still runs, or why it failed, or all of it.
Json merged(const Json& all) {
  for (const char* state : {"running", "failed", "cancelled", "none"})
    if (any(all, state)) return first(all, state);
  const bool ok = std::all_of(all.begin(), all.end(), [](const Json& one) { return one.at("ok") == true; });
  return {{"check", all.front().at("check")}, {"state", "done"}, {"ok", ok}, {"partitions", all}};
}

Result<std::string> start(const Units& units, bool with_replay) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto begun = units[i]->check()->start(with_replay);
    if (!begun) {
      for (std::size_t other = 0; other < i; ++other) static_cast<void>(units[other]->check()->cancel());
      return fail(begun.error());
    }
    number = *begun;
  }
  return Json{{"check", number}}.dump();
}

Result<std::string> status(const Units& units) {
  if (units.size() == 1) return units.front()->check()->status().dump();
  Json all = Json::array();
  for (const auto& unit : units) {
    Json one = unit->check()->status();
    one["partition"] = unit->id().value;
    all.push_back(std::move(one));
  }
  return merged(all).dump();
}

Result<std::string> cancel(const Units& units) {
  Result<void> cancelled = fail(Errc::not_found, "no check is running; nothing was cancelled");
  for (const auto& unit : units)
    if (auto one = unit->check()->cancel()) cancelled = one;
  FLORIN_TRY(std::move(cancelled));
  return status(units);
}

}  // namespace

gateway::CheckPort check_port(const Units& units) {
  return {[&units](bool with_replay) { return start(units, with_replay); },
          [&units] { return status(units); }, [&units] { return cancel(units); }};
}

}  // namespace florin
