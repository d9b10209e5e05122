#include "deploy/florin/dotenv.hpp"

#include <algorithm>

namespace florin {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_bare(char c) {
  return c > ' ' && c < 0x7F && std::string_view("#'\"\\$`").find(c) == std::string_view::npos;
}

void skip_blanks(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
}

bool is_comment_or_empty(std::string_view rest) { return rest.empty() || rest.front() == '#'; }

// Behind a value: a comment needs a blank before it, since a shell takes "a#b" for one word.
bool ends_value(std::string_view rest) {
  if (!rest.empty() && rest.front() != ' ' && rest.front() != '\t') return false;
  skip_blanks(rest);
  return is_comment_or_empty(rest);
}

std::string take_key(std::string_view& rest) {
  std::size_t size = 0;
  while (size < rest.size() && (is_letter(rest[size]) || (size > 0 && is_digit(rest[size])))) ++size;
  std::string key(rest.substr(0, size));
  rest.remove_prefix(size);
  return key;
}

// What is wrong, or nothing. `rest` is behind the opening quote, and then behind the closing one.
std::string_view take_quoted(std::string_view& rest, char quote, std::string& value) {
  while (!rest.empty() && rest.front() != quote) {
    if (quote == '"' && rest.front() == '\\') {
      rest.remove_prefix(1);
      if (rest.empty() || (rest.front() != '\\' && rest.front() != '"'))
        return R"(only \\ and \" may follow a backslash)";
    }
    value += rest.front();
    rest.remove_prefix(1);
  }
  if (rest.empty()) return "the closing quote is missing";
  rest.remove_prefix(1);
  return {};
}

std::string_view parse_line(std::string_view rest, DotenvEntry& entry) {
  entry.key = take_key(rest);
  if (entry.key.empty() || rest.empty() || rest.front() != '=') return "it is not NAME=value";
  rest.remove_prefix(1);
  if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
    const char quote = rest.front();
    rest.remove_prefix(1);
    if (const std::string_view wrong = take_quoted(rest, quote, entry.value); !wrong.empty()) return wrong;
  } else {
    while (!rest.empty() && is_bare(rest.front())) {
      entry.value += rest.front();
      rest.remove_prefix(1);
    }
  }
  if (!ends_value(rest)) return "a value with blanks or special characters needs quotes around it";
  return {};
}

}  // namespace

Result<std::vector<DotenvEntry>> parse_dotenv(std::string_view text) {
  const auto wrong = [](unsigned line, std::string_view why) {
    return fail(Errc::invalid_argument, ".env line " + std::to_string(line) + ": " + std::string(why));
  };
  if (text.size() > dotenv_bytes_max)
    return fail(Errc::invalid_argument, ".env is larger than " + std::to_string(dotenv_bytes_max) + " bytes");
  std::vector<DotenvEntry> entries;
  for (unsigned number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find('\0') != std::string_view::npos) return wrong(number, "it holds a NUL byte");
    skip_blanks(line);
    if (is_comment_or_empty(line)) continue;
    DotenvEntry entry;
    entry.line = number;
    if (const std::string_view why = parse_line(line, entry); !why.empty()) return wrong(number, why);
    for (const DotenvEntry& other : entries)
      if (other.key == entry.key)
        return wrong(number, entry.key + " was given before, in line " + std::to_string(other.line));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace florin
