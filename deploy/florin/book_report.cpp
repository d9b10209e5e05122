#include "deploy/florin/book_report.hpp"

#include <algorithm>

#include "engine/base/hex.hpp"

namespace florin {
namespace {

struct Words {
  std::string_view name, sentence;
};
constexpr std::array<Words, invariants> words{{
    {"rows", "every row of the state follows its grammar"},
    {"sums", "in each ledger debits equal credits, posted and pending"},
    {"pending", "what is held is what is open, and what has a timeout is queued to expire"},
    {"limits", "no account is over a limit of its own"},
    {"ids", "every id of an account or transfer bears exactly one row"},
    {"read_models", "the read model of balances and the trial balance say what the state says"},
    {"events", "the published events are those that the journal gives, by their hashes"},
    {"digest", "the state is the one that a replay of the journal gives"},
}};

constexpr std::size_t column_width = 13;

nlohmann::ordered_json verdict(Invariant invariant, const std::optional<Findings>& found) {
  nlohmann::ordered_json json{{"name", name(invariant)}, {"sentence", sentence(invariant)}};
  json["state"] = !found ? "not_checked" : found->empty() ? "ok" : "broken";
  json["found"] = found ? found->count() : 0;
  json["findings"] = found ? found->kept() : std::vector<std::string>{};
  return json;
}

std::string padded(std::string text) {
  text.resize(std::max(text.size(), column_width), ' ');
  return text;
}

}  // namespace

std::string_view name(Invariant invariant) { return words[static_cast<std::size_t>(invariant)].name; }
std::string_view sentence(Invariant invariant) { return words[static_cast<std::size_t>(invariant)].sentence; }

bool BookReport::ok() const {
  return std::ranges::all_of(found, [](const auto& findings) { return !findings || findings->empty(); });
}

void add_json(nlohmann::ordered_json& json, const BookReport& report) {
  json["ok"] = report.ok();
  json["sequence"] = report.digest.next_sequence.value - 1;
  json["ordinal"] = report.digest.next_ordinal.value - 1;
  json["rows"] = report.digest.rows;
  json["digest"] = to_hex(report.digest.hash);
  json["records_replayed"] = report.replayed;
  json["read_models_sequence"] = report.read_models_at.value;
  json["accounts_compared"] = report.accounts_compared;
  json["invariants"] = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < invariants; ++i)
    json["invariants"].push_back(verdict(static_cast<Invariant>(i), report.found[i]));
}

std::string report_text(const nlohmann::ordered_json& json) {
  std::string text = "at sequence " + json.at("sequence").dump() + ", record " + json.at("ordinal").dump() +
                     ": state digest " + json.at("digest").get<std::string>() + "\n";
  for (const auto& invariant : json.at("invariants")) {
    for (const char* column : {"state", "name"}) text += padded(invariant.at(column).get<std::string>());
    text += invariant.at("sentence").get<std::string>() + "\n";
    const auto& findings = invariant.at("findings");
    for (const auto& finding : findings) text += "    " + finding.get<std::string>() + "\n";
    const auto more = invariant.at("found").get<std::uint64_t>() - findings.size();
    if (more > 0) text += "    and " + std::to_string(more) + " more\n";
  }
  return text;
}

}  // namespace florin
