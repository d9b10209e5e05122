// The bytes of a journal segment: its header, and the frames that carry the records
// (docs/formats/journal_segments.md). Pure: bytes in, bytes out. Any thread.
//
//   segment = header frame* [closing-frame]        zeros follow the last frame of a segment that is not
//   closed frame   = frame-header sealed-bytes
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"
#include "schemas/ids.hpp"

namespace florin {

inline constexpr std::uint16_t segment_format = 0;
inline constexpr std::size_t segment_header_bytes = 72;
inline constexpr std::size_t frame_header_bytes = 64;

// Where the chain of a journal stands between two records.
struct ChainPoint {
  Ordinal next{};     // of the record that comes next
  Timestamp stamp{};  // of the record before; 0 before the first
  Hash256 chain{};    // chain value after the record before; zero before the first
  friend bool operator==(const ChainPoint&, const ChainPoint&) = default;
};

struct SegmentHeader {
  PartitionId partition{};
  ChainPoint start{};  // before the segment's first record
  friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};

struct FrameHeader {
  std::uint32_t length = 0;      // of the sealed bytes; 0 in the closing frame
  std::uint32_t group_left = 0;  // records of the same group that follow this one
  Ordinal ordinal{};             // closing frame: of the next segment's first record
  Timestamp stamp{};
  Hash256
      chain{};  // BLAKE2b-256(chain before | ordinal | stamp | sealed bytes); closing frame: the value before
  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

// The first 8 bytes of BLAKE2b-256: what every fixed-size structure of the journal ends in.
std::uint64_t checksum(ByteView bytes);

Bytes encode_segment_header(const SegmentHeader& header);
Result<SegmentHeader> decode_segment_header(ByteView bytes);  // Errc::corrupt, or format for another version

std::array<std::uint8_t, frame_header_bytes> encode_frame_header(const FrameHeader& header);
std::optional<FrameHeader> decode_frame_header(
    ByteView bytes);  // none when too short or against its checksum
FrameHeader closing_frame(const ChainPoint& end);

// The point after a record with these contents.
ChainPoint chain_after(const ChainPoint& before, Timestamp stamp, ByteView sealed);

enum class FrameKind {
  record,      // a whole record that follows from the point before it
  closing,     // the segment ends here
  nothing,     // zeros: nothing was written here
  incomplete,  // `size` bytes are needed to tell more
  altered,     // a record whose header is whole and follows, but not its bytes; `reason` says so
  bad,         // anything else; `reason` says what is wrong
};

struct Frame {
  FrameKind kind = FrameKind::bad;
  FrameHeader header{};
  ByteView sealed{};     // of a record that was verified or is altered; a view into the bytes given
  std::size_t size = 0;  // of the whole frame; of an incomplete one, the bytes that are needed
  std::string_view reason{};
};

enum class Verify {
  all,     // the record's bytes against its chain value
  header,  // only the frame header and that it follows; `sealed` stays empty and need not be there
};

// Reads the frame at the start of `bytes`. Never reads beyond them, whatever they are.
Frame decode_frame(ByteView bytes, const ChainPoint& before, Verify verify);

}  // namespace florin
