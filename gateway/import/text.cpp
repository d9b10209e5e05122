#include "gateway/import/text.hpp"

#include "gateway/json/utf8.hpp"

namespace florin::importing {
namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::string clean_text(std::string_view text, std::size_t bytes_max, char kept) {
  std::string out;
  while (!text.empty() && out.size() <= bytes_max) {
    const std::size_t good = gateway::json::utf8_prefix(text);
    out += text.substr(0, good);
    if (good < text.size()) out += '?';
    text.remove_prefix(good < text.size() ? good + 1 : good);
  }
  if (out.size() > bytes_max) {
    std::size_t end = bytes_max;
    while (end > 0 && continues_character(out[end])) --end;
    out.resize(end);
  }
  for (char& c : out)
    if (control(c) && c != kept) c = ' ';
  return out;
}

}  // namespace florin::importing
