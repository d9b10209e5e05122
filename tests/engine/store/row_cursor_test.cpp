// A cursor gives every row of its range once and in order, however many chunks that takes.
#include "engine/store/row_cursor.hpp"

#include <doctest/doctest.h>

#include "engine/store/memory_store.hpp"

namespace florin {
namespace {

Bytes key_of(std::size_t number) {
  return {static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
          static_cast<std::uint8_t>(number)};
}

// Rows 0 .. count - 1, each with a value of this size.
MemoryStore& fill(MemoryStore& store, std::size_t count, std::size_t value_bytes = 1) {
  StoreBatch batch;
  for (std::size_t i = 0; i < count; ++i) batch.put(key_of(i), Bytes(value_bytes, 7));
  REQUIRE(store.write(batch).has_value());
  return store;
}

std::size_t walk(RowCursor cursor, std::size_t from) {
  std::size_t number = from;
  for (; cursor.peek().value() != nullptr; cursor.next()) {
    REQUIRE(cursor.peek().value()->key == key_of(number));
    ++number;
  }
  CHECK(cursor.peek().value() == nullptr);
  return number - from;
}

}  // namespace

TEST_CASE("given more rows than a chunk holds, then all of them come in order") {
  MemoryStore store;
  const std::size_t count = 2 * cursor_rows_max + 1;
  CHECK(walk({fill(store, count), {}, {}}, 0) == count);
}

TEST_CASE("given rows that are larger than a chunk, then they come one by one") {
  MemoryStore store;
  CHECK(walk({fill(store, 3, cursor_bytes_max + 1), {}, {}}, 0) == 3);
}

TEST_CASE("given a range, then its first row is in it and its last bound is not") {
  MemoryStore store;
  fill(store, 20);
  CHECK(walk({store, key_of(5), key_of(12)}, 5) == 7);
  CHECK(walk({store, key_of(12), key_of(12)}, 12) == 0);
}

}  // namespace florin
