// A strict JSON reader (RFC 8259) into a flat tree. Stricter than a DOM: duplicate keys, a byte order mark,
// trailing bytes, ill-formed UTF-8 and nesting or numbers of values beyond their bounds are refused, and a
// number keeps the text that it was written with, so that no digit is lost and no other spelling passes for
// it.
//
// Owner: the request that is being read. No sharing between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace florin::gateway::json {

inline constexpr std::size_t depth_max = 16;
inline constexpr std::size_t values_max =
    262'144;  // a full batch of transfers with all fields and flags has 196,000
inline constexpr std::size_t members_max = 64;  // of one object

enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

struct SyntaxError {
  std::string_view
      code;  // syntax, byte_order_mark, nul_byte, invalid_utf8, duplicate_key, too_deep, too_many_values
  std::string pointer;  // to the value that was being read
  std::size_t offset = 0, line = 1,
              column = 1;  // of the byte read last; 0-, 1- and 1-based
  std::string detail;      // a sentence that names the place
};

struct Node {
  Kind kind = Kind::null;
  bool boolean = false;
  std::uint32_t end = 0;       // index of the node after this one's last descendant
  std::uint32_t children = 0;  // elements or members
  std::string_view key;        // of a member
  std::string_view text;       // of a string, decoded; of a number, as written
};

// A value inside a document, which must outlive it.
class Value {
 public:
  Value(const Node* nodes, std::uint32_t index) : nodes_(nodes), index_(index) {}
  Kind kind() const { return node().kind; }
  bool boolean() const { return node().boolean; }
  std::string_view text() const { return node().text; }
  std::string_view key() const { return node().key; }
  std::size_t size() const { return node().children; }

  template <class Visit>
  void each(Visit visit) const {  // elements of an array, or members of an object, in order
    for (std::uint32_t i = index_ + 1; i < node().end; i = nodes_[i].end) visit(Value(nodes_, i));
  }

 private:
  const Node& node() const { return nodes_[index_]; }
  const Node* nodes_;
  std::uint32_t index_;
};

class Document {
 public:
  static tl::expected<Document, SyntaxError> parse(std::string_view text);
  Value root() const { return Value(nodes_.data(), 0); }

 private:
  friend class Builder;
  std::vector<Node> nodes_;            // in the order of the text
  std::unique_ptr<std::string> text_;  // all keys, strings and numbers; never grows past its first allocation
};

std::string_view name(Kind kind);

}  // namespace florin::gateway::json
