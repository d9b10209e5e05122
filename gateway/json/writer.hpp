// Writes JSON text. Commas are its own business; balance and order are the caller's. Never fails: bytes that
// are not well-formed UTF-8 come out as U+FFFD.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/bytes.hpp"

namespace florin::gateway::json {

class Writer {
 public:
  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }

  Writer& key(std::string_view name);
  Writer& string(std::string_view text);
  Writer& number(std::uint64_t value);  // a JSON integer
  Writer& decimal(u128 value);          // a string of decimal digits: for what may be over 2^53-1
  Writer& boolean(bool value) { return raw(value ? "true" : "false"); }
  Writer& null() { return raw("null"); }

  // A member of the object that is open.
  Writer& string(std::string_view name, std::string_view text) { return key(name).string(text); }
  Writer& number(std::string_view name, std::uint64_t value) { return key(name).number(value); }
  Writer& decimal(std::string_view name, u128 value) { return key(name).decimal(value); }

  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  std::string take() { return std::move(out_); }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  Writer& raw(std::string_view text);
  void separate();
  void quote(std::string_view text);

  std::string out_;
  bool comma_ = false;  // a value stands before the next one
};

}  // namespace florin::gateway::json
