#include "projections/index_rows.hpp"

#include <algorithm>

namespace florin::projections {

bool run_times(Timestamp first, ByteView value, std::vector<Timestamp>& out) {
  out.push_back(first);
  Reader in(value);
  while (in.left() > 0) {
    const auto difference = in.varint<std::uint64_t>();
    const Timestamp at{out.back().value + difference};
    if (at <= out.back()) return false;
    out.push_back(at);
  }
  return !in.failed();
}

bool key_time(Timestamp first, ByteView, std::vector<Timestamp>& out) {
  out.push_back(first);
  return true;
}

// Word by word, which is cheaper than byte by byte.
bool IndexBuffer::Entry::operator<(const Entry& other) const {
  static_assert(std::endian::native == std::endian::little);
  for (std::size_t i = 0; i < prefix_bytes_max; i += sizeof(std::uint64_t)) {
    std::uint64_t mine = 0, others = 0;
    std::memcpy(&mine, prefix.data() + i, sizeof mine);
    std::memcpy(&others, other.prefix.data() + i, sizeof others);
    if (mine != others) return __builtin_bswap64(mine) < __builtin_bswap64(others);
  }
  return at < other.at;
}

void IndexBuffer::move_into(StoreBatch& batch) {
  std::sort(entries_.begin(), entries_.end());
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const Entry& first = *entry;
    Bytes key;
    key.reserve(first.size + sizeof(Timestamp));
    key.assign(first.prefix.begin(), first.prefix.begin() + first.size);
    Bytes value;
    Writer out(value);
    Timestamp before = first.at;
    std::size_t count = 1;
    for (++entry; entry != entries_.end() && count < index_run_max && entry->prefix == first.prefix;
         ++entry) {
      FLORIN_ASSERT(entry->at > before);
      out.varint(entry->at.value - before.value);
      before = entry->at;
      ++count;
    }
    batch.put(index_key(std::move(key), first.at), std::move(value));
  }
  entries_.clear();
}

}  // namespace florin::projections
