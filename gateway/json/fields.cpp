#include "gateway/json/fields.hpp"

#include <algorithm>

namespace florin::gateway::json {
namespace {

// Names and short values of the client's own are repeated to it, but never much of them.
std::string quoted(std::string_view text) {
  constexpr std::size_t shown_max = 64;
  if (text.size() <= shown_max) return '"' + std::string(text) + '"';
  std::size_t cut = shown_max;
  while (cut > 0 && (static_cast<std::uint8_t>(text[cut]) & 0xc0) == 0x80) --cut;  // not inside a character
  return '"' + std::string(text.substr(0, cut)) + "...\"";
}

bool digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

const Flag* find_flag(std::span<const Flag> table, std::string_view name) {
  const auto flag = std::find_if(table.begin(), table.end(), [&](const Flag& f) { return f.name == name; });
  return flag == table.end() ? nullptr : &*flag;
}

}  // namespace

Fields::Fields(Value object, const Path& path, FieldErrors& errors) : path_(path), errors_(errors) {
  if (object.kind() == Kind::object) {
    object_ = object;
  } else {
    errors_.add({.at = path.pointer(),
                 .code = "wrong_type",
                 .detail = "This must be an object, not " + std::string(json::name(object.kind())) + "."});
  }
}

void Fields::add(std::string_view name, std::string_view code, std::string detail) {
  if (errors_.full()) return;
  errors_.add({.at = path_.member(name).pointer(), .code = std::string(code), .detail = std::move(detail)});
}

std::optional<Value> Fields::take(std::string_view name) {
  if (!object_) return std::nullopt;
  std::optional<Value> found;
  unsigned place = 0;
  object_->each([&](Value member) {
    if (member.key() == name) {
      found = member;
      taken_ |= std::uint64_t{1} << place;
    }
    ++place;
  });
  return found;
}

std::optional<Value> Fields::take(std::string_view name, Kind kind) {
  std::optional<Value> value = take(name);
  if (!value || value->kind() == kind) return value;
  add(name, "wrong_type",
      "This must be of type " + std::string(json::name(kind)) + ", not " +
          std::string(json::name(value->kind())) + ".");
  return std::nullopt;
}

u128 Fields::integer(std::string_view name, u128 max, bool wide) {
  const std::optional<Value> value = take(name);
  if (!value) return 0;
  const bool string = value->kind() == Kind::string;
  if (value->kind() != Kind::number && !(wide && string)) {
    add(name, "wrong_type",
        wide ? "This must be a string of decimal digits or an integer."
             : "This must be an integer, not quoted.");
    return 0;
  }
  if (const auto number = parse_decimal(value->text())) {
    if (!string && wide && *number > safe_integer_max) {
      add(name, "out_of_range",
          "An integer over 2^53-1 must be written as a string, so that no reader rounds it.");
      return 0;
    }
    if (*number <= max) return *number;
  } else if (!digits(value->text()) || (value->text().size() > 1 && value->text().front() == '0')) {
    add(name, "not_canonical",
        "This must be written in decimal digits only: no sign, point, exponent, space or leading zero.");
    return 0;
  }
  add(name, "out_of_range", "This must be at most " + to_string(max) + ".");
  return 0;
}

std::uint32_t Fields::u32(std::string_view name, std::uint32_t max) {
  return static_cast<std::uint32_t>(integer(name, max, false));
}
std::uint64_t Fields::u64(std::string_view name) {
  return static_cast<std::uint64_t>(integer(name, ~std::uint64_t{0}, true));
}
u128 Fields::wide(std::string_view name) { return integer(name, u128_max, true); }

Amount Fields::amount(std::string_view name) {
  if (const auto value = take(name); value && value->kind() == Kind::string && value->text() == "max")
    return amount_max;
  return {wide(name)};
}

bool Fields::boolean(std::string_view name) {
  const std::optional<Value> value = take(name, Kind::boolean);
  return value && value->boolean();
}

std::uint16_t Fields::flags(std::string_view name, std::span<const Flag> table, const OtherFlags& others) {
  const std::optional<Value> array = take(name, Kind::array);
  if (!array) return 0;
  const Path at = path_.member(name);
  unsigned bits = 0, other_bits = 0;
  std::size_t index = 0;
  array->each([&](Value element) {
    const Path place = at.element(index++);
    const auto refuse = [&](std::string_view code, std::string detail) {
      if (!errors_.full())
        errors_.add({.at = place.pointer(), .code = std::string(code), .detail = std::move(detail)});
    };
    if (element.kind() != Kind::string) return refuse("wrong_type", "A flag is named by a string.");
    const Flag* own = find_flag(table, element.text());
    const Flag* flag = own != nullptr ? own : find_flag(others.table, element.text());
    if (flag == nullptr)
      return refuse("unknown_flag", "There is no flag " + quoted(element.text()) + " here.");
    unsigned& seen = own != nullptr ? bits : other_bits;
    if ((seen & flag->bit) != 0)
      return refuse("duplicate_flag", "The flag " + quoted(flag->name) + " is given twice.");
    seen |= flag->bit;
  });
  if (other_bits != 0) bits |= others.reserved;
  return static_cast<std::uint16_t>(bits);
}

void Fields::require(std::string_view name) {
  if (object_ && !take(name)) add(name, "required", "This field must be given.");
}

std::string Fields::text(std::string_view name, std::size_t bytes_min, std::size_t bytes_max) {
  const std::optional<Value> value = take(name, Kind::string);
  if (!value) {
    require(name);
    return {};
  }
  const std::string_view text = value->text();
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  if (control) {
    add(name, "control_character", "This must not contain control characters.");
  } else if (text.size() < bytes_min || text.size() > bytes_max) {
    add(name, "wrong_length",
        "This must have " + std::to_string(bytes_min) + " to " + std::to_string(bytes_max) +
            " bytes of UTF-8.");
  } else {
    return std::string(text);
  }
  return {};
}

std::optional<Value> Fields::array(std::string_view name, std::size_t min, std::size_t max) {
  const std::optional<Value> value = take(name, Kind::array);
  if (!value) {
    require(name);
    return std::nullopt;
  }
  if (value->size() >= min && value->size() <= max) return value;
  add(name, value->size() < min ? "too_few_items" : "too_many_items",
      "This must have " + std::to_string(min) + " to " + std::to_string(max) + " items, not " +
          std::to_string(value->size()) + ".");
  return std::nullopt;
}

void Fields::finish() {
  if (!object_) return;
  unsigned place = 0;
  object_->each([&](Value member) {
    if ((taken_ >> place++ & 1) == 0)
      add(member.key(), "unknown_field", "There is no field " + quoted(member.key()) + " here.");
  });
}

}  // namespace florin::gateway::json
