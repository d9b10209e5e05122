#include "projections/index_fields.hpp"

#include "projections/rows.hpp"

namespace florin::projections {

Result<std::vector<std::uint32_t>> values_behind(const StoreReader& store, const Bytes& prefix,
                                                 std::size_t width, Budget& budget) {
  std::vector<std::uint32_t> values;
  Bytes first = prefix;
  const Bytes last = prefix_end(prefix);
  while (values.size() <= index_values_max) {
    bool found = false;
    const auto visit = [&](ByteView key, ByteView) {
      const ByteView head = key.first(prefix.size() + width);
      std::uint32_t value = 0;
      for (const std::uint8_t byte : head.last(width)) value = value << 8 | byte;
      values.push_back(value);
      first = prefix_end(head);
      found = true;
      return false;
    };
    FLORIN_TRY(budget.spend(jump_rows));
    FLORIN_TRY(store.scan(Bytes(first), last, ScanOrder::ascending, visit));
    if (!found || first.empty()) break;
  }
  return values;
}

}  // namespace florin::projections
