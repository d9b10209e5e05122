#include "engine/journal/segment_frame.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/journal/journal.hpp"
#include "schemas/commands.hpp"

namespace florin {
namespace {

const ChainPoint before{.next = {7}, .stamp = {100}, .chain = blake2b(as_bytes("before"))};
const Bytes sealed{'s', 'e', 'a', 'l', 'e', 'd'};

FrameHeader header_of(const ChainPoint& at, Timestamp stamp, ByteView bytes) {
  return {.length = static_cast<std::uint32_t>(bytes.size()),
          .group_left = 0,
          .ordinal = at.next,
          .stamp = stamp,
          .chain = chain_after(at, stamp, bytes).chain};
}

Bytes frame_of(const FrameHeader& header, ByteView bytes) {
  const auto head = encode_frame_header(header);
  Bytes frame;
  frame.reserve(head.size() + bytes.size());
  Writer out(frame);
  out.raw(head);
  out.raw(bytes);
  return frame;
}

TEST_CASE("a frame is read as it was written") {
  const FrameHeader header = header_of(before, {100}, sealed);
  const Bytes bytes = frame_of(header, sealed);
  const Frame frame = decode_frame(bytes, before, Verify::all);
  CHECK(frame.kind == FrameKind::record);
  CHECK(frame.header == header);
  CHECK(frame.size == bytes.size());
  CHECK(Bytes(frame.sealed.begin(), frame.sealed.end()) == sealed);
}

TEST_CASE("the chain value is what the format's page says") {
  Bytes hashed(before.chain.begin(), before.chain.end());
  for (const std::uint64_t number : {7ul, 101ul})
    for (int shift = 0; shift < 64; shift += 8) hashed.push_back(static_cast<std::uint8_t>(number >> shift));
  hashed.insert(hashed.end(), sealed.begin(), sealed.end());
  CHECK(chain_after(before, {101}, sealed).chain == blake2b(hashed));
  CHECK(chain_after(before, {101}, sealed).next.value == 8);
}

TEST_CASE("a frame with any byte changed, or cut anywhere, is not a record") {
  const Bytes good = frame_of(header_of(before, {100}, sealed), sealed);
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes changed = good;
    changed[i] ^= 0x40;
    CHECK(decode_frame(changed, before, Verify::all).kind ==
          (i < frame_header_bytes ? FrameKind::bad : FrameKind::altered));
    const Frame cut = decode_frame(ByteView(good).first(i), before, Verify::all);
    CHECK(cut.kind == FrameKind::incomplete);
    CHECK(cut.size == (i < frame_header_bytes ? frame_header_bytes : good.size()));
  }
}

TEST_CASE("only the header is needed where only the header is asked for") {
  const Bytes good = frame_of(header_of(before, {100}, sealed), sealed);
  const Frame frame = decode_frame(ByteView(good).first(frame_header_bytes), before, Verify::header);
  CHECK(frame.kind == FrameKind::record);
  CHECK(frame.size == good.size());
  CHECK(frame.sealed.empty());
}

TEST_CASE("a frame that does not follow is bad, and says why") {
  const auto reason = [](const FrameHeader& header) {
    const Frame frame = decode_frame(frame_of(header, sealed), before, Verify::all);
    CHECK((frame.kind == FrameKind::bad || frame.kind == FrameKind::altered));
    return std::string(frame.reason);
  };
  const FrameHeader good = header_of(before, {100}, sealed);
  FrameHeader header = good;
  header.ordinal = {8};
  CHECK(reason(header).find("ordinal") != std::string::npos);
  header = header_of(before, {99}, sealed);
  CHECK(reason(header).find("stamp") != std::string::npos);
  header = good;
  header.group_left = append_group_records_max;
  CHECK(reason(header).find("group") != std::string::npos);
  header = good;
  header.length = record_bytes_max + 1;
  CHECK(reason(header).find("length") != std::string::npos);
  header = good;
  header.chain[31] ^= 1;
  CHECK(reason(header).find("chain") != std::string::npos);
}

TEST_CASE("a closing frame closes only at its own point") {
  const Bytes closing = frame_of(closing_frame(before), {});
  CHECK(decode_frame(closing, before, Verify::all).kind == FrameKind::closing);
  ChainPoint other = before;
  other.chain[0] ^= 1;
  CHECK(decode_frame(closing, other, Verify::all).kind == FrameKind::bad);
}

TEST_CASE("zeros are nothing") {
  CHECK(decode_frame(Bytes(100), before, Verify::all).kind == FrameKind::nothing);
  CHECK(decode_frame(Bytes(63), before, Verify::all).kind == FrameKind::incomplete);
}

TEST_CASE("a segment's header is read as it was written, and any change to it is found") {
  const SegmentHeader header{.partition = {3}, .start = before};
  const Bytes bytes = encode_segment_header(header);
  CHECK(*decode_segment_header(bytes) == header);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] ^= 1;
    const auto decoded = decode_segment_header(changed);
    REQUIRE(!decoded);
    CHECK(decoded.error().code == Errc::corrupt);
    CHECK(!decode_segment_header(ByteView(bytes).first(i)));
  }
}

TEST_CASE("a segment of another format version is refused as such") {
  Bytes bytes = encode_segment_header({.partition = {3}, .start = before});
  bytes[8] = 1;
  const std::uint64_t sum = checksum(ByteView(bytes).first(bytes.size() - 8));
  std::memcpy(bytes.data() + bytes.size() - 8, &sum, 8);
  const auto decoded = decode_segment_header(bytes);
  REQUIRE(!decoded);
  CHECK(decoded.error().code == Errc::format);
}

}  // namespace
}  // namespace florin
