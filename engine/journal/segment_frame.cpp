#include "engine/journal/segment_frame.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"
#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"
#include "engine/journal/journal.hpp"
#include "schemas/commands.hpp"

namespace florin {

namespace {

constexpr std::string_view segment_magic = "FLRNSEGM";
constexpr std::size_t checksum_bytes = 8;

// True when the bytes end in the checksum of all before it.
bool checksum_holds(ByteView bytes) {
  const ByteView body = bytes.first(bytes.size() - checksum_bytes);
  return Reader(bytes.subspan(body.size())).fixed<std::uint64_t>() == checksum(body);
}

Frame bad(std::string_view reason) { return {.kind = FrameKind::bad, .reason = reason}; }

// What keeps the frame from following `before`; empty when nothing does.
std::string_view objection(const FrameHeader& header, const ChainPoint& before) {
  if (header.length > record_bytes_max) return "its length is over the limit";
  if (header.group_left >= append_group_records_max) return "its group is over the limit";
  if (header.ordinal != before.next) return "it carries the ordinal of another record";
  if (header.stamp < before.stamp) return "its stamp is before the stamp of the record before it";
  if (header.length == 0 && header != closing_frame(before)) return "it closes the segment at another point";
  return {};
}

}  // namespace

std::uint64_t checksum(ByteView bytes) { return Reader(blake2b(bytes)).fixed<std::uint64_t>(); }

Bytes encode_segment_header(const SegmentHeader& header) {
  Bytes bytes;
  Writer out(bytes);
  out.raw(as_bytes(segment_magic));
  out.fixed(segment_format);
  out.fixed(std::uint16_t{0});
  out.fixed(header.partition.value);
  out.fixed(header.start.next.value);
  out.fixed(header.start.stamp.value);
  out.raw(header.start.chain);
  out.fixed(checksum(bytes));
  FLORIN_ASSERT(bytes.size() == segment_header_bytes);
  return bytes;
}

Result<SegmentHeader> decode_segment_header(ByteView bytes) {
  if (bytes.size() < segment_header_bytes)
    return fail(Errc::corrupt, "it is too short for a segment's header");
  bytes = bytes.first(segment_header_bytes);
  Reader in(bytes);
  if (as_text(in.raw(segment_magic.size())) != segment_magic)
    return fail(Errc::corrupt, "it does not begin like a segment of a journal");
  const auto format = in.fixed<std::uint16_t>();
  if (!checksum_holds(bytes)) return fail(Errc::corrupt, "its header fails its checksum");
  if (format != segment_format)
    return fail(Errc::format, "its format is version " + std::to_string(format) +
                                  ", and this program knows version " + std::to_string(segment_format));
  if (in.fixed<std::uint16_t>() != 0)
    return fail(Errc::format, "its header uses bytes that version 0 does not");
  SegmentHeader header;
  header.partition = {in.fixed<std::uint32_t>()};
  header.start.next = {in.fixed<std::uint64_t>()};
  header.start.stamp = {in.fixed<std::uint64_t>()};
  header.start.chain = in.hash();
  return header;
}

std::array<std::uint8_t, frame_header_bytes> encode_frame_header(const FrameHeader& header) {
  Bytes bytes;
  bytes.reserve(frame_header_bytes);
  Writer out(bytes);
  out.fixed(header.length);
  out.fixed(header.group_left);
  out.fixed(header.ordinal.value);
  out.fixed(header.stamp.value);
  out.raw(header.chain);
  out.fixed(checksum(bytes));
  FLORIN_ASSERT(bytes.size() == frame_header_bytes);
  std::array<std::uint8_t, frame_header_bytes> fixed{};
  std::copy(bytes.begin(), bytes.end(), fixed.begin());
  return fixed;
}

std::optional<FrameHeader> decode_frame_header(ByteView bytes) {
  if (bytes.size() < frame_header_bytes || !checksum_holds(bytes.first(frame_header_bytes)))
    return std::nullopt;
  Reader in(bytes);
  FrameHeader header;
  header.length = in.fixed<std::uint32_t>();
  header.group_left = in.fixed<std::uint32_t>();
  header.ordinal = {in.fixed<std::uint64_t>()};
  header.stamp = {in.fixed<std::uint64_t>()};
  header.chain = in.hash();
  return header;
}

FrameHeader closing_frame(const ChainPoint& end) {
  return {.length = 0, .group_left = 0, .ordinal = end.next, .stamp = end.stamp, .chain = end.chain};
}

ChainPoint chain_after(const ChainPoint& before, Timestamp stamp, ByteView sealed) {
  std::array<std::uint8_t, 16> place{};
  std::memcpy(place.data(), &before.next.value, 8);
  std::memcpy(place.data() + 8, &stamp.value, 8);
  return {.next = {before.next.value + 1},
          .stamp = stamp,
          .chain = Blake2b().update(before.chain).update(place).update(sealed).finish()};
}

Frame decode_frame(ByteView bytes, const ChainPoint& before, Verify verify) {
  if (bytes.size() < frame_header_bytes) return {.kind = FrameKind::incomplete, .size = frame_header_bytes};
  const ByteView head = bytes.first(frame_header_bytes);
  if (std::all_of(head.begin(), head.end(), [](std::uint8_t byte) { return byte == 0; }))
    return {.kind = FrameKind::nothing};
  const auto header = decode_frame_header(head);
  if (!header) return bad("its frame header fails its checksum");
  Frame frame{.kind = FrameKind::record, .header = *header};
  if (const auto reason = objection(frame.header, before); !reason.empty()) return bad(reason);
  frame.size = frame_header_bytes + frame.header.length;
  if (frame.header.length == 0) {
    frame.kind = FrameKind::closing;
  } else if (verify == Verify::all) {
    if (bytes.size() < frame.size) return {.kind = FrameKind::incomplete, .size = frame.size};
    const ByteView sealed = bytes.subspan(frame_header_bytes, frame.header.length);
    frame.sealed = sealed;
    if (chain_after(before, frame.header.stamp, sealed).chain != frame.header.chain) {
      frame.kind = FrameKind::altered;
      frame.reason = "its bytes do not match its chain value";
    }
  }
  return frame;
}

}  // namespace florin
