// A store whose fresh rows, where they come in ascending order of their keys, stand in runs: many rows in one
// of the store below. To write, flush, compact and read a row of that store costs much the same whatever its
// size.
//
// A row is packed when its key is greater than those of all runs of its group, so that runs never overlap. A
// row that changes later stands by itself beside its run, and is the one that counts (docs/formats/state.md).
// Where ids come in no order, nothing is packed.
//
// Threads and errors as in the port. No key begins with run_byte.
#pragma once

#include <map>

#include "engine/store/packed_reader.hpp"

namespace florin {

inline constexpr std::size_t packed_groups_max = 1u << 12;  // that memory knows

class PackedStore final : public Store {
 public:
  PackedStore(Store& rows, std::vector<PackedTable> tables)
      : rows_(rows), tables_(std::move(tables)), reader_(rows_, tables_) {}

  Result<std::optional<Bytes>> get(ByteView key) const override { return reader_.get(key); }
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override {
    return reader_.get_many(keys);
  }
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override;
  Result<void> write(const StoreBatch& batch) override;
  Result<void> flush() override { return rows_.flush(); }
  Result<std::unique_ptr<StoreReader>> snapshot() const override;
  std::uint64_t bytes_on_disk() const override { return rows_.bytes_on_disk(); }

 private:
  struct Group {
    Bytes last;               // the greatest key of its runs
    Bytes greatest;           // the greatest key of fresh rows since it is in memory
    std::size_t ordered = 0;  // writes in a row whose first fresh row was greater than all before
  };
  // One write: what goes to the store below, and the run that is being made.
  struct Writing {
    StoreBatch out;
    std::vector<RowChange> run;
    std::size_t run_bytes = 0;
    Group* group = nullptr;
    Bytes name;  // of the group
    bool packs = true;
    std::map<Bytes, std::vector<StoreRow>> changed;  // runs out of which rows are erased, by their keys
  };

  Result<void> put_fresh(const RowChange& row, ByteView name, Writing& writing);
  Result<void> enter(ByteView name, ByteView key, Writing& writing);
  Result<void> erase(ByteView key, ByteView name, Writing& writing) const;
  void end_run(Writing& writing) const;
  void put_changed(Writing& writing) const;
  bool erases_packed(const StoreBatch& batch) const;

  Store& rows_;
  const std::vector<PackedTable> tables_;
  const PackedReader reader_;
  std::map<Bytes, Group> groups_;  // the writer's
};

}  // namespace florin
