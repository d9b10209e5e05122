// Reads the rows of a PackedStore out of the store below it, live or a snapshot of it.
#pragma once

#include <vector>

#include "engine/store/packed_run.hpp"
#include "engine/store/store.hpp"

namespace florin {

// Runs stand behind all other rows: under this byte and the key of the first row that they were made with.
inline constexpr std::uint8_t run_byte = 0xff;

// Rows whose keys begin with `prefix`. Those that agree in the first `group_bytes` of their keys are a group;
// the keys of a group may ascend in time.
struct PackedTable {
  Bytes prefix;
  std::size_t group_bytes = 0;
};

// The group of a row's key; none when such rows are not packed.
std::optional<ByteView> group_of(const std::vector<PackedTable>& tables, ByteView key);
Bytes run_key(ByteView first);

class PackedReader : public StoreReader {
 public:
  // Both outlive it.
  PackedReader(const StoreReader& rows, const std::vector<PackedTable>& tables)
      : rows_(rows), tables_(tables) {}

  Result<std::optional<Bytes>> get(ByteView key) const override;
  Result<std::vector<std::optional<Bytes>>> get_many(const std::vector<Bytes>& keys) const override;
  // Over rows that do not change meanwhile, so over a snapshot, unless no_packed() says of the range that
  // none of its tables is packed.
  Result<void> scan(ByteView first, ByteView last, ScanOrder order, const Visitor& visit) const override;
  bool no_packed(ByteView first, ByteView last) const;

  // The run of the group in which the row would stand, and the last run; none when there is none.
  Result<std::optional<StoreRow>> run_of(ByteView group, ByteView key) const;
  Result<std::optional<StoreRow>> last_run(ByteView group) const;

 private:
  Result<std::optional<StoreRow>> last_before(ByteView group, ByteView end) const;
  Result<std::optional<Bytes>> packed(ByteView key) const;

  const StoreReader& rows_;
  const std::vector<PackedTable>& tables_;
};

}  // namespace florin
