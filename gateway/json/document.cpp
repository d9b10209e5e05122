#include "gateway/json/document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/assert.hpp"
#include "gateway/json/pointer.hpp"
#include "gateway/json/utf8.hpp"

namespace florin::gateway::json {

// Receives the library's SAX events and builds the tree. Returning false stops the library's parser.
class Builder {
 public:
  explicit Builder(std::string_view text) : next_(text.data()), begin_(next_), end_(next_ + text.size()) {
    // Decoded text is never longer than what it was written as, so views into the store stay valid.
    document_.text_ = std::make_unique<std::string>();
    document_.text_->reserve(text.size());
  }

  bool null() { return add(Kind::null, {}); }
  bool boolean(bool value) {
    if (!add(Kind::boolean, {})) return false;
    document_.nodes_.back().boolean = value;
    return true;
  }
  // The lexer takes this path for every number with a minus sign and neither point nor exponent; -0 must keep
  // its sign.
  bool number_integer(std::int64_t value) {
    return add_number(value == 0 ? std::string("-0") : std::to_string(value));
  }
  bool number_unsigned(std::uint64_t value) { return add_number(std::to_string(value)); }
  bool number_float(double, const std::string& text) { return add_number(text); }
  bool string(const std::string& value) { return add(Kind::string, value); }
  bool binary(const std::vector<std::uint8_t>&) { return false; }

  bool start_object(std::size_t) { return open(Kind::object); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Kind::array); }
  bool end_array() { return close(); }

  bool key(const std::string& name) {
    const std::uint32_t object = open_.back();
    const Value value(document_.nodes_.data(), object);
    bool repeated = false;
    document_.nodes_[object].end = static_cast<std::uint32_t>(document_.nodes_.size());
    value.each([&](Value member) { repeated = repeated || member.key() == name; });
    key_ = keep(name);
    if (repeated) return refuse("duplicate_key", "The name is given twice in the same object");
    if (document_.nodes_[object].children == members_max)
      return refuse("too_many_values", "An object has more than " + std::to_string(members_max) + " members");
    return true;
  }

  template <class Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception& exception) {
    // 406 is the library's word for a number beyond a double: well-formed, but none of ours.
    if (exception.id == 406) return refuse("syntax", "A number is too large");
    if (position > static_cast<std::size_t>(end_ - begin_))
      return refuse("syntax", "The text ends too early");
    if (open_.empty() && !document_.nodes_.empty())
      return refuse("trailing_bytes", "There is text behind the value");
    torn_number_ = document_.nodes_.size() == number_nodes_ && !ends_number(*number_end_);
    return refuse("syntax", "The text is not well-formed JSON");
  }

  tl::expected<Document, SyntaxError> run() {
    const bool done = nlohmann::json::sax_parse(Cursor{&next_, end_}, Cursor{&next_, end_}, this);
    if (done) return std::move(document_);
    error_.pointer = pointer();
    return tl::unexpected(std::move(error_));
  }

 private:
  // Feeds the library byte by byte, so that a refusal of ours knows its place too.
  struct Cursor {
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;
    const char** next;
    const char* end;
    reference operator*() const { return **next; }
    Cursor& operator++() {
      ++*next;
      return *this;
    }
    friend bool operator!=(const Cursor& a, const Cursor&) { return *a.next != a.end; }
  };

  std::string_view keep(std::string_view text) {
    std::string& store = *document_.text_;
    FLORIN_ASSERT(store.size() + text.size() <= store.capacity());
    store += text;
    return std::string_view(store).substr(store.size() - text.size());
  }

  bool add(Kind kind, std::string_view text) {
    auto& nodes = document_.nodes_;
    if (nodes.size() == values_max)
      return refuse("too_many_values", "The text has more than " + std::to_string(values_max) + " values");
    if (!open_.empty()) ++nodes[open_.back()].children;
    nodes.push_back({.kind = kind,
                     .end = static_cast<std::uint32_t>(nodes.size() + 1),
                     .key = std::exchange(key_, {}),
                     .text = keep(text)});
    return true;
  }

  static bool ends_number(char c) { return std::string_view(" \t\r\n,]}").find(c) != std::string_view::npos; }

  // 01 and 0x1 are read as the number 0 with text behind it; the fault is the number's all the same.
  bool add_number(std::string_view text) {
    if (!add(Kind::number, text)) return false;
    number_nodes_ = document_.nodes_.size();
    number_end_ = next_ - 1;  // the lexer has read one byte past it
    return true;
  }

  bool open(Kind kind) {
    if (open_.size() == depth_max)
      return refuse("too_deep", "Values are nested more than " + std::to_string(depth_max) + " deep");
    if (!add(kind, {})) return false;
    open_.push_back(static_cast<std::uint32_t>(document_.nodes_.size() - 1));
    return true;
  }

  bool close() {
    document_.nodes_[open_.back()].end = static_cast<std::uint32_t>(document_.nodes_.size());
    open_.pop_back();
    return true;
  }

  bool refuse(std::string_view code, std::string detail) {
    error_.code = code;
    error_.detail = std::move(detail);
    error_.offset = static_cast<std::size_t>(next_ - begin_) - (next_ == begin_ ? 0 : 1);
    return false;
  }

  // To the value that is being read: the open containers, then the member or element that has just begun, or
  // that was a number with more behind it.
  std::string pointer() const {
    std::string out;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      const Node& container = document_.nodes_[open_[i]];
      const bool innermost = i + 1 == open_.size();
      if (container.kind == Kind::array) {
        out += '/' + std::to_string(innermost && !torn_number_ ? container.children : container.children - 1);
      } else if (!innermost) {
        append_token(out, document_.nodes_[open_[i + 1]].key);
      } else if (torn_number_) {
        append_token(out, document_.nodes_.back().key);
      } else if (!key_.empty()) {
        append_token(out, key_);
      }
    }
    return out;
  }

  const char* next_;  // what the library reads next
  const char* const begin_;
  const char* const end_;
  Document document_;
  std::vector<std::uint32_t> open_;             // containers that are not closed yet
  std::string_view key_;                        // of the member whose value comes next
  std::size_t number_nodes_ = ~std::size_t{0};  // nodes when a number was added last
  const char* number_end_ = nullptr;            // the byte behind that number
  bool torn_number_ = false;                    // the text goes on in that byte with what belongs to no JSON
  SyntaxError error_;
};

namespace {

SyntaxError located(SyntaxError error, std::string_view text) {
  const std::string_view before = text.substr(0, std::min(error.offset, text.size()));
  error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_start = before.rfind('\n');
  error.column = 1 + before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1);
  error.detail += " (line " + std::to_string(error.line) + ", column " + std::to_string(error.column) +
                  ", byte " + std::to_string(error.offset) + ").";
  return error;
}

tl::unexpected<SyntaxError> refused(std::string_view code, std::size_t offset, std::string detail,
                                    std::string_view text) {
  return tl::unexpected(
      located({.code = code, .pointer = {}, .offset = offset, .detail = std::move(detail)}, text));
}

}  // namespace

tl::expected<Document, SyntaxError> Document::parse(std::string_view text) {
  // The library skips a byte order mark and takes NUL for the end of the text: both are looked for before it
  // runs.
  if (text.starts_with("\xef\xbb\xbf"))
    return refused("byte_order_mark", 0, "The text begins with a byte order mark", text);
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return refused("nul_byte", nul, "The text contains a NUL byte", text);
  if (const auto bad = utf8_prefix(text); bad != text.size())
    return refused("invalid_utf8", bad, "The text is not well-formed UTF-8", text);

  auto document = Builder(text).run();
  if (!document) return tl::unexpected(located(std::move(document).error(), text));
  return document;
}

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "boolean";
    case Kind::number: return "number";
    case Kind::string: return "string";
    case Kind::array: return "array";
    case Kind::object: return "object";
  }
  return "unknown";
}

}  // namespace florin::gateway::json
