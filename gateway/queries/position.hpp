// The position that a client is given with every answer and may ask for with min_position: a book and a
// sequence, opaque to the client. And the cursors of lists. Both carry a checksum, so that a mistyped one is
// refused, not misread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "projections/query.hpp"

namespace florin::gateway {

struct BookPosition {
  BookId book;
  Sequence sequence;
  friend bool operator==(const BookPosition&, const BookPosition&) = default;
};

std::string encode_position(BookPosition position);
std::optional<BookPosition> decode_position(std::string_view text);

// A cursor is good only in the list that it came from: `list` names that list, filters included.
std::string encode_cursor(projections::Cursor cursor, std::string_view list);
std::optional<projections::Cursor> decode_cursor(std::string_view text, std::string_view list);

inline constexpr std::string_view position_field = "Florin-Position";

}  // namespace florin::gateway
