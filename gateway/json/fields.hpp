// Typed reading of one JSON object. Everything that is wrong is collected with its JSON pointer; reading goes
// on, so that a client sees all of it at once. What is wrong or absent reads as zero, and the caller looks at
// the errors before it uses anything.
#pragma once

#include <optional>
#include <span>

#include "gateway/json/document.hpp"
#include "gateway/json/field_error.hpp"
#include "gateway/json/pointer.hpp"
#include "schemas/money.hpp"

namespace florin::gateway::json {

inline constexpr std::uint64_t safe_integer_max =
    (1ULL << 53) - 1;  // of a JSON number that stands for a wide integer

// A name in an array of flags.
struct Flag {
  std::string_view name;
  std::uint16_t bit = 0;
};

// Flags that things of another kind have. Here they come to one bit that no flag has, so that the ledger
// sees that there was one and answers for it.
struct OtherFlags {
  std::span<const Flag> table{};
  std::uint16_t reserved = 0;
};

class Fields {
 public:
  // `path` leads to the object and must outlive this. A value that is no object is an error, and has no
  // fields.
  Fields(Value object, const Path& path, FieldErrors& errors);

  // JSON integers.
  std::uint32_t u32(std::string_view name, std::uint32_t max = ~std::uint32_t{0});
  std::uint16_t u16(std::string_view name) { return static_cast<std::uint16_t>(u32(name, 0xffff)); }
  // Canonical decimal strings, or JSON integers up to 2^53-1.
  std::uint64_t u64(std::string_view name);
  u128 wide(std::string_view name);
  Amount amount(std::string_view name);  // also "max", which is 2^128-1
  // An array of different names from the table, or of the others.
  std::uint16_t flags(std::string_view name, std::span<const Flag> table, const OtherFlags& others = {});
  // A string of min to max bytes of UTF-8 without control characters; absent is an error.
  std::string text(std::string_view name, std::size_t bytes_min, std::size_t bytes_max);
  // An array of min to max elements; absent is an error. None when it is wrong.
  std::optional<Value> array(std::string_view name, std::size_t min, std::size_t max);

  bool boolean(std::string_view name);  // absent is false
  // Of any kind; none when it is absent. The caller checks what it is.
  std::optional<Value> any(std::string_view name) { return take(name); }
  std::optional<Value> object(std::string_view name) { return take(name, Kind::object); }

  bool is_object() const { return object_.has_value(); }
  void require(std::string_view name);  // absent is an error
  void finish();                        // every field that nobody asked for is unknown, and an error

 private:
  std::optional<Value> take(std::string_view name);
  std::optional<Value> take(std::string_view name, Kind kind);  // another kind is an error
  u128 integer(std::string_view name, u128 max, bool wide);
  void add(std::string_view name, std::string_view code, std::string detail);

  std::optional<Value> object_;
  const Path& path_;
  FieldErrors& errors_;
  std::uint64_t taken_ = 0;  // a bit for each member that was asked for
};
static_assert(members_max <= 64, "a bit for each member");

}  // namespace florin::gateway::json
