// Index rows, by which rows are found (projections/index.hpp). A row names a field and its value in its key
// and holds a run of timestamps: that in the key, and those behind it. Writers put what one batch has of a
// value into one row; a row that is to be erased again stands alone.
//
//   index row := prefix timestamp:u64be -> (difference:varint)*      at least 1 each
//
// Runs of one prefix do not overlap, since what has an index comes in the order of time.
#pragma once

#include <array>

#include "projections/rows.hpp"

namespace florin::projections {

inline constexpr std::size_t index_run_max = 256;  // timestamps of one row

// Adds the timestamps of a row, ascending. False when the value does not follow the grammar.
bool run_times(Timestamp first, ByteView value, std::vector<Timestamp>& out);
// Of a row that holds something else than a run: that in its key.
bool key_time(Timestamp first, ByteView value, std::vector<Timestamp>& out);

// Index rows of one batch. Takes timestamps in any order, each once for a prefix.
class IndexBuffer {
 public:
  // The prefix is row_key(table, values...).
  template <class... Ints>
  void put(Timestamp at, std::uint8_t table, Ints... values) {
    static_assert((sizeof(values) + ... + 1) <= prefix_bytes_max);
    Entry entry;
    entry.at = at;
    entry.prefix[entry.size++] = table;
    (entry.add(values), ...);
    entries_.push_back(entry);
  }
  void move_into(StoreBatch& batch);

 private:
  // 1 + sizeof(std::uint32_t) + sizeof(u128), in whole words.
  static constexpr std::size_t prefix_bytes_max = 3 * sizeof(std::uint64_t);
  struct Entry {
    std::array<std::uint8_t, prefix_bytes_max> prefix{};
    std::uint8_t size = 0;
    Timestamp at;
    bool operator<(const Entry& other) const;

    template <class Int>
    void add(Int value) {
      for (const std::uint8_t byte : big_endian(value)) prefix[size++] = byte;
    }
  };

  std::vector<Entry> entries_;  // flat, since a transfer has one or more
};

}  // namespace florin::projections
