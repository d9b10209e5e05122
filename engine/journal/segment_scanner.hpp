// Walks the frames of a segment file in order, with a bounded buffer. Owned by one thread.
#pragma once

#include "engine/journal/posix_file.hpp"
#include "engine/journal/quarantine.hpp"
#include "engine/journal/segment_frame.hpp"

namespace florin {

class SegmentScanner {
 public:
  // Starts at a frame's offset; `at` is the point of the chain before that frame. The file outlives the
  // scanner, and so does the quarantine: a record of it counts as it stands there.
  SegmentScanner(const File& file, std::uint64_t offset, const ChainPoint& at, const Quarantine& quarantine)
      : file_(file), offset_(offset), at_(at), quarantine_(quarantine) {}

  // The frame here by its header alone; the scanner stays. Errors: io.
  Result<Frame> peek() { return decode(Verify::header); }

  // The frame here. A record moves the scanner behind it, anything else leaves it in place; an altered one
  // that is in quarantine with just these bytes is a record. Never
  // `incomplete`: a frame that the file's end cuts is `bad`. The frame's bytes live until the next call.
  // Errors: io.
  Result<Frame> next(Verify verify);

  std::uint64_t offset() const { return offset_; }
  const ChainPoint& at() const { return at_; }

 private:
  Result<Frame> decode(Verify verify);
  bool quarantined(const Frame& frame) const;
  Result<void> fill(std::size_t size);
  ByteView held() const;

  const File& file_;
  std::uint64_t offset_;
  ChainPoint at_;
  const Quarantine& quarantine_;
  Bytes buffer_;
  std::size_t filled_ = 0;           // bytes of the buffer that were read from the file
  std::uint64_t buffer_offset_ = 0;  // their place in the file
};

}  // namespace florin
