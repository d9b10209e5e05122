#include "gateway/queries/position.hpp"

#include <algorithm>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"

// position := base64url( 'p' book:u32 sequence:u64 checksum:4 )
// cursor   := base64url( 'c' timestamp:u64 checksum:4 ), the checksum also over the list's name; 'b' goes
// back checksum := the first 4 bytes of BLAKE2b-256 of what is before

namespace florin::gateway {
namespace {

constexpr std::size_t checksum_bytes = 4;

std::string seal(Bytes bytes, std::string_view list) {
  const Hash256 hash = Blake2b().update(bytes).update(as_bytes(list)).finish();
  bytes.insert(bytes.end(), hash.begin(), hash.begin() + checksum_bytes);
  return to_base64url(bytes);
}

// The bytes behind the kind and before the checksum; none when the text is anything else.
std::optional<Bytes> open(std::string_view text, char kind, std::size_t size, std::string_view list) {
  auto bytes = from_base64url(text);
  if (!bytes || bytes->size() != 1 + size + checksum_bytes ||
      bytes->front() != static_cast<std::uint8_t>(kind))
    return std::nullopt;
  const ByteView body(bytes->data(), 1 + size);
  const Hash256 hash = Blake2b().update(body).update(as_bytes(list)).finish();
  if (!std::equal(hash.begin(), hash.begin() + checksum_bytes, bytes->end() - checksum_bytes))
    return std::nullopt;
  return Bytes(body.begin() + 1, body.end());
}

}  // namespace

std::string encode_position(BookPosition position) {
  Bytes bytes{'p'};
  Writer out(bytes);
  out.fixed(position.book.value);
  out.fixed(position.sequence.value);
  return seal(std::move(bytes), {});
}

std::optional<BookPosition> decode_position(std::string_view text) {
  const auto bytes = open(text, 'p', sizeof(std::uint32_t) + sizeof(std::uint64_t), {});
  if (!bytes) return std::nullopt;
  Reader in(*bytes);
  const BookId book{in.fixed<std::uint32_t>()};
  return BookPosition{book, {in.fixed<std::uint64_t>()}};
}

std::string encode_cursor(projections::Cursor cursor, std::string_view list) {
  Bytes bytes{static_cast<std::uint8_t>(cursor.backwards ? 'b' : 'c')};
  Writer(bytes).fixed(cursor.at.value);
  return seal(std::move(bytes), list);
}

std::optional<projections::Cursor> decode_cursor(std::string_view text, std::string_view list) {
  for (const bool backwards : {false, true}) {
    const auto bytes = open(text, backwards ? 'b' : 'c', sizeof(std::uint64_t), list);
    if (bytes) return projections::Cursor{{Reader(*bytes).fixed<std::uint64_t>()}, backwards};
  }
  return std::nullopt;
}

}  // namespace florin::gateway
