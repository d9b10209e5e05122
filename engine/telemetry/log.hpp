// The log: one JSON object a line on standard error, {"time","level","event",...fields}. Any thread.
//
//   log::info("journal_opened", {{"folder", path}, {"records", count}});
//
// The event's name and the keys are constants of the program in snake_case; what changes goes into the
// values. Never log a secret, a token, a body or personal data. Durations are whole numbers whose key ends in
// the unit.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace florin::log {

inline constexpr std::size_t value_bytes_max = 1024;  // a longer text value is cut and ends in an ellipsis

enum class Level : std::uint8_t { debug, info, warn, error, off };

std::string_view name(Level level);
std::optional<Level> parse_level(std::string_view text);

// Lines below this level are dropped before they are made. At start: info.
void set_level(Level level);
bool enabled(Level level);

// A view of a field's value; it lives until the end of the call that it is an argument of.
class Value {
 public:
  Value(std::string_view text) : held_(text) {}
  Value(const std::string& text) : held_(std::string_view(text)) {}
  Value(const char* text) : held_(std::string_view(text)) {}
  Value(bool flag) : held_(flag) {}
  template <std::signed_integral Int>
  Value(Int number) : held_(static_cast<std::int64_t>(number)) {}
  template <std::unsigned_integral Int>
    requires(!std::same_as<Int, bool>)
  Value(Int number) : held_(static_cast<std::uint64_t>(number)) {}

  void append_json(std::string& out) const;

 private:
  std::variant<std::string_view, bool, std::int64_t, std::uint64_t> held_;
};

struct Field {
  std::string_view key;
  Value value;
};
using Fields = std::initializer_list<Field>;

void write(Level level, std::string_view event, Fields fields);

inline void debug(std::string_view event, Fields fields = {}) { write(Level::debug, event, fields); }
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
inline void error(std::string_view event, Fields fields = {}) { write(Level::error, event, fields); }

// While one lives, lines go into it instead of to standard error. For tests; one at a time.
class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  std::string text() const;  // everything written so far
};

}  // namespace florin::log
