// Changes of a store that become visible together. All rows stand in a few large pieces of memory, since a
// batch has tens of thousands of them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/base/row_change.hpp"

namespace florin {

// Order matters only for equal keys: the last one wins.
class StoreBatch {
 public:
  StoreBatch() = default;
  StoreBatch(const StoreBatch& other);
  StoreBatch(StoreBatch&& other) noexcept { swap(other); }
  StoreBatch& operator=(StoreBatch other) noexcept {
    swap(other);
    return *this;
  }

  void put(ByteView key, ByteView value) { operations_.push_back({keep(key), keep(value)}); }
  // Of a key that no row has, neither in the store nor in the batch; the caller answers for that. A store may
  // keep such rows more densely.
  void put_fresh(ByteView key, ByteView value) { operations_.push_back({keep(key), keep(value), true}); }
  void erase(ByteView key) { operations_.push_back({keep(key), std::nullopt}); }
  void add(const RowChange& row);   // whose bytes outlive this batch
  void append(StoreBatch&& other);  // behind what is there; the other one is empty then
  void sort();                      // by key, equal keys in their order

  const std::vector<RowChange>& operations() const { return operations_; }
  bool empty() const { return operations_.empty(); }
  void clear() { *this = StoreBatch(); }
  std::size_t bytes() const { return bytes_; }  // of all keys and values

 private:
  ByteView keep(ByteView bytes);
  void swap(StoreBatch& other) noexcept;

  std::vector<RowChange> operations_;
  std::vector<std::unique_ptr<std::uint8_t[]>> pieces_;
  std::span<std::uint8_t> room_;  // of the last piece
  std::size_t bytes_ = 0;
};

}  // namespace florin
