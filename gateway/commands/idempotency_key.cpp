#include "gateway/commands/idempotency_key.hpp"

#include <algorithm>

namespace florin::gateway {
namespace {

bool printable(char c) { return c >= 0x20 && c <= 0x7e; }

// What stands between the quotes, with \" and \\ taken back.
std::optional<std::string> unquote(std::string_view text) {
  std::string key;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return std::nullopt;
    if (text[i] == '\\' && (++i == text.size() || (text[i] != '"' && text[i] != '\\'))) return std::nullopt;
    key += text[i];
  }
  return key;
}

}  // namespace

std::optional<std::string> parse_idempotency_key(std::string_view field) {
  if (!std::all_of(field.begin(), field.end(), printable)) return std::nullopt;
  std::optional<std::string> key;
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
    key = unquote(field.substr(1, field.size() - 2));
  else if (field.find_first_of(" \"\\") == std::string_view::npos) key = std::string(field);
  if (!key || key->empty() || key->size() > idempotency_key_bytes_max) return std::nullopt;
  return key;
}

}  // namespace florin::gateway
