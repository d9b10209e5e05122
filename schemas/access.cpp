#include "schemas/access.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace florin {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint16_t>, 4> names{{
    {"ledger:read", scopes::ledger_read},
    {"ledger:write", scopes::ledger_write},
    {"audit:read", scopes::audit_read},
    {"book:admin", scopes::book_admin},
}};

}  // namespace

bool granted(const Client& client, LedgerId ledger) {
  return client.all_ledgers || std::binary_search(client.ledgers.begin(), client.ledgers.end(), ledger);
}

std::string scope_names(std::uint16_t scopes) {
  std::string text;
  for (const auto& [name, bit] : names) {
    if ((scopes & bit) == 0) continue;
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

bool parse_scopes(std::string_view text, std::uint16_t& scopes) {
  scopes = 0;
  if (text.ends_with(' ')) return false;  // a space stands between names only
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    auto it = std::find_if(names.begin(), names.end(), [&](const auto& row) { return row.first == word; });
    if (it == names.end() || (scopes & it->second) != 0) return false;
    scopes = static_cast<std::uint16_t>(scopes | it->second);
  }
  return true;
}

}  // namespace florin
