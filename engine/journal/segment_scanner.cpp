#include "engine/journal/segment_scanner.hpp"

#include <algorithm>

#include "engine/base/hash.hpp"

namespace florin {

namespace {
constexpr std::size_t read_bytes_min = 128u << 10;  // one call to the system brings many small records
}

Result<Frame> SegmentScanner::decode(Verify verify) {
  Frame frame = decode_frame(held(), at_, verify);
  // The first answer may ask for a frame header's bytes, the second for the whole frame's.
  while (frame.kind == FrameKind::incomplete) {
    const std::size_t needed = frame.size;
    FLORIN_TRY(fill(needed));
    if (held().empty()) return Frame{.kind = FrameKind::nothing};
    if (held().size() < needed) return Frame{.kind = FrameKind::bad, .reason = "the file ends within it"};
    frame = decode_frame(held(), at_, verify);
  }
  return frame;
}

Result<Frame> SegmentScanner::next(Verify verify) {
  FLORIN_TRY_ASSIGN(Frame frame, decode(verify));
  if (frame.kind == FrameKind::altered && quarantined(frame)) frame.kind = FrameKind::record;
  if (frame.kind == FrameKind::record) {
    offset_ += frame.size;
    at_ = {.next = {at_.next.value + 1}, .stamp = frame.header.stamp, .chain = frame.header.chain};
  }
  return frame;
}

bool SegmentScanner::quarantined(const Frame& frame) const {
  const auto listed = quarantine_.find(frame.header.ordinal);
  return listed != quarantine_.end() && listed->second.hash == blake2b(frame.sealed);
}

Result<void> SegmentScanner::fill(std::size_t size) {
  buffer_.resize(std::max({buffer_.size(), size, read_bytes_min}));
  buffer_offset_ = offset_;
  FLORIN_TRY_ASSIGN(filled_, file_.read(buffer_, offset_));
  return {};
}

ByteView SegmentScanner::held() const {
  const std::uint64_t end = buffer_offset_ + filled_;
  if (offset_ < buffer_offset_ || offset_ >= end) return {};
  return ByteView(buffer_).subspan(offset_ - buffer_offset_, end - offset_);
}

}  // namespace florin
