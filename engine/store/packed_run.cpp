#include "engine/store/packed_run.hpp"

#include <algorithm>

#include "engine/base/codec.hpp"

namespace florin {
namespace {

tl::unexpected<Error> damaged() {
  return fail(Errc::corrupt,
              "a packed row of the store does not follow its grammar; remove the state so that it is rebuilt "
              "from the journal");
}

}  // namespace

Bytes encode_run(const std::vector<RowChange>& rows) {
  Bytes out;
  std::size_t bytes = 0;
  for (const RowChange& row : rows) bytes += row.key.size() + row.value->size() + 3;
  out.reserve(bytes);
  Writer writer(out);
  ByteView before;
  for (const RowChange& row : rows) {
    const auto differs = std::ranges::mismatch(before, row.key).in1;
    const auto shared = static_cast<std::size_t>(differs - before.begin());
    writer.varint(shared);
    writer.string(row.key.subspan(shared));
    writer.string(*row.value);
    before = row.key;
  }
  return out;
}

Result<void> each_row(ByteView run, const std::function<void(ByteView key, ByteView value)>& visit) {
  Reader reader(run);
  Bytes key;
  while (reader.left() > 0) {
    const auto shared = reader.varint<std::uint32_t>();
    const ByteView rest = reader.string(run_bytes_max);
    const ByteView value = reader.string(run_bytes_max);
    if (reader.failed() || shared > key.size()) return damaged();
    key.resize(shared);
    key.insert(key.end(), rest.begin(), rest.end());
    visit(key, value);
  }
  if (reader.failed() || key.empty()) return damaged();
  return {};
}

Result<std::vector<StoreRow>> decode_run(ByteView run) {
  std::vector<StoreRow> rows;
  FLORIN_TRY(each_row(run, [&](ByteView key, ByteView value) {
    rows.push_back({Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end())});
  }));
  return rows;
}

}  // namespace florin
