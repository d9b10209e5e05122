// Feeds bytes to the decoder of journal segments. The first byte says how far the input is made consistent
// before it is decoded, since no random input passes a 64-bit checksum: not at all, its checksums, or its
// chain values as well.
#include <cstring>

#include "engine/base/assert.hpp"
#include "engine/base/hash.hpp"
#include "engine/journal/segment_frame.hpp"
#include "schemas/commands.hpp"

namespace {

using namespace florin;

constexpr std::size_t chain_place = 24;     // in a frame header
constexpr std::size_t checksum_place = 56;  // in a frame header

void fix_checksum(std::span<std::uint8_t> bytes, std::size_t place) {
  const std::uint64_t sum = checksum(bytes.first(place));
  std::memcpy(bytes.data() + place, &sum, sizeof sum);
}

// Makes the frame at the start of `bytes` follow from `at`, as far as `level` says.
void make_consistent(std::span<std::uint8_t> bytes, const ChainPoint& at, std::uint8_t level) {
  if (level == 0 || bytes.size() < frame_header_bytes) return;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  if (level > 1 && length <= bytes.size() - frame_header_bytes) {
    Timestamp stamp;
    std::memcpy(bytes.data() + 8, &at.next.value, 8);
    std::memcpy(&stamp.value, bytes.data() + 16, 8);
    const Hash256 chain = chain_after(at, stamp, bytes.subspan(frame_header_bytes, length)).chain;
    std::memcpy(bytes.data() + chain_place, chain.data(), chain.size());
  }
  fix_checksum(bytes, checksum_place);
}

void check_record(const Frame& frame, const ChainPoint& at, std::size_t bytes) {
  FLORIN_ASSERT(frame.size <= bytes && frame.size == frame_header_bytes + frame.sealed.size());
  FLORIN_ASSERT(!frame.sealed.empty() && frame.sealed.size() <= record_bytes_max);
  FLORIN_ASSERT(frame.header.ordinal == at.next && frame.header.stamp >= at.stamp);
  FLORIN_ASSERT(chain_after(at, frame.header.stamp, frame.sealed).chain == frame.header.chain);
}

void walk(std::span<std::uint8_t> bytes, std::uint8_t level) {
  ChainPoint at;
  for (;;) {
    make_consistent(bytes, at, level);
    const Frame frame = decode_frame(bytes, at, Verify::all);
    const Frame head = decode_frame(bytes, at, Verify::header);
    if (frame.kind != FrameKind::record) {
      FLORIN_ASSERT((frame.kind == FrameKind::incomplete) == (frame.size > bytes.size()));
      return;
    }
    check_record(frame, at, bytes.size());
    FLORIN_ASSERT(head.kind == FrameKind::record && head.header == frame.header);
    at = chain_after(at, frame.header.stamp, frame.sealed);
    bytes = bytes.subspan(frame.size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool ready = (initialize_crypto(), true);
  static_cast<void>(ready);
  if (size == 0) return 0;
  const std::uint8_t level = data[0] % 3;
  Bytes bytes(data + 1, data + size);
  if (level > 0 && bytes.size() >= segment_header_bytes)
    fix_checksum(std::span(bytes).first(segment_header_bytes), segment_header_bytes - 8);
  if (const auto header = decode_segment_header(bytes)) {
    const Bytes again = encode_segment_header(*header);
    FLORIN_ASSERT(std::equal(again.begin(), again.end(), bytes.begin()));
  }
  walk(bytes, level);
  return 0;
}
