#include "gateway/json/writer.hpp"

#include <charconv>

#include "gateway/json/utf8.hpp"
#include "schemas/ids.hpp"

namespace florin::gateway::json {

void Writer::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

Writer& Writer::open(char bracket) {
  separate();
  out_ += bracket;
  comma_ = false;
  return *this;
}

Writer& Writer::close(char bracket) {
  out_ += bracket;
  comma_ = true;
  return *this;
}

Writer& Writer::raw(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  quote(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  quote(text);
  return *this;
}

Writer& Writer::number(std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

Writer& Writer::decimal(u128 value) {
  separate();
  out_ += '"';
  if (value <=
      ~std::uint64_t{0}) {  // nearly all; a division of 128 bits for each digit costs ten times as much
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<std::uint64_t>(value)).ptr;
    out_.append(digits, end);
  } else {
    out_ += to_string(value);
  }
  out_ += '"';
  return *this;
}

void Writer::quote(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    const std::size_t whole = utf8_prefix(text);
    for (const char c : text.substr(0, whole)) {
      static constexpr char hex[] = "0123456789abcdef";
      const auto byte = static_cast<std::uint8_t>(c);
      if (c == '"' || c == '\\') {
        out_ += '\\';
        out_ += c;
      } else if (byte < 0x20 || byte == 0x7f) {
        out_ += "\\u00";
        out_ += hex[byte >> 4];
        out_ += hex[byte & 15];
      } else {
        out_ += c;
      }
    }
    text.remove_prefix(whole);
    if (text.empty()) break;
    out_ += "\xef\xbf\xbd";
    text.remove_prefix(1);
  }
  out_ += '"';
}

}  // namespace florin::gateway::json
