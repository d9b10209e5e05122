// Keys and row buffers of read models. A key is a table byte and then integers in big-endian order, so that
// rows stand in the order of their numbers. The grammar of every row is in docs/reference/read_models.md.
#pragma once

#include <utility>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/base/big_endian.hpp"
#include "engine/base/codec.hpp"
#include "engine/store/store.hpp"
#include "schemas/ids.hpp"

namespace florin::projections {

// The integer at the end of a key.
template <class Int>
Int last_big_endian(ByteView key) {
  FLORIN_ASSERT(key.size() >= sizeof(Int));
  Int value = 0;
  for (const std::uint8_t byte : key.last(sizeof value)) value = static_cast<Int>((value << 8) | byte);
  return value;
}

template <class... Ints>
Bytes row_key(std::uint8_t table, Ints... values) {
  Bytes out;
  out.reserve(1 + (sizeof(values) + ... + 0) + sizeof(std::uint64_t));  // a timestamp may follow
  out.push_back(table);
  (add_big_endian(out, values), ...);
  return out;
}

// The end of the rows whose keys begin with `prefix` and then a timestamp that is not later than `last`.
inline Bytes end_of(Bytes prefix, std::uint64_t last) {
  if (last == ~std::uint64_t{0}) return prefix_end(prefix);
  add_big_endian(prefix, last + 1);
  return prefix;
}

struct StoredRow {
  Bytes key, value;
};
// The last of these rows, none when there is none: one seek.
Result<std::optional<StoredRow>> last_row(const StoreReader& store, const Bytes& prefix, std::uint64_t last);

// Of an index row (projections/index.hpp): the prefix of a field and its value, and the row that has it.
inline Bytes index_key(Bytes prefix, Timestamp at) {
  add_big_endian(prefix, at.value);
  return prefix;
}

// Rows of one batch. They are written in the order of their keys, because that is what a store takes fastest.
class RowBuffer {
 public:
  void put(ByteView key, ByteView value) { rows_.put(key, value); }
  void erase(ByteView key) { rows_.erase(key); }
  void move_into(StoreBatch& batch);  // sorted; of equal keys the last one wins
  void move_into(RowBuffer& rows);    // behind what is there

 private:
  StoreBatch rows_;
};

// Every row whose key starts with `prefix`, in order, decoded by `read` from (key, value reader). Errors:
// those of the store; corrupt for a row that does not follow its grammar; overloaded for more than `rows_max`
// rows.
template <class Row, class Read>
Result<std::vector<Row>> read_rows(const StoreReader& store, const Bytes& prefix, std::size_t rows_max,
                                   Read read) {
  std::vector<Row> rows;
  bool broken = false;
  const auto visit = [&](ByteView key, ByteView value) {
    Reader in(value);
    rows.push_back(read(key, in));
    broken = !in.done();
    return !broken && rows.size() <= rows_max;
  };
  FLORIN_TRY(store.scan(prefix, prefix_end(prefix), ScanOrder::ascending, visit));
  if (broken) return fail(Errc::corrupt, "a stored row does not follow its grammar; rebuild the read model");
  if (rows.size() > rows_max)
    return fail(Errc::overloaded, "more than " + std::to_string(rows_max) + " rows would be in one answer");
  return rows;
}

// One row decoded by `read`; none when the store has none. Errors: corrupt when it does not follow its
// grammar.
template <class Row, class Read>
Result<std::optional<Row>> decode_row(const std::optional<Bytes>& value, Read read) {
  if (!value) return std::optional<Row>{};
  Reader in(*value);
  std::optional<Row> row = read(in);
  if (!in.done())
    return fail(Errc::corrupt, "a stored row does not follow its grammar; rebuild the read model");
  return row;
}

}  // namespace florin::projections
