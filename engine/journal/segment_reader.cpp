#include "engine/journal/segment_reader.hpp"

#include <algorithm>
#include <limits>

#include "engine/base/assert.hpp"
#include "engine/journal/segment_scanner.hpp"

namespace florin {

namespace {

// The next frame, which must be a record: all that is asked for here was acknowledged.
Result<Frame> next_record(SegmentScanner& scanner, const SegmentFile& segment, Verify verify) {
  FLORIN_TRY_ASSIGN(const Frame frame, scanner.next(verify));
  if (frame.kind == FrameKind::record) return frame;
  return fail(damaged_record(segment.file().path(), scanner.at().next,
                             frame.reason.empty() ? "it was acknowledged and is not there" : frame.reason));
}

}  // namespace

void SegmentReader::add_segment(Ordinal first) {
  const std::lock_guard lock(mutex_);
  FLORIN_ASSERT(segments_.empty() || first > segments_.back());
  segments_.push_back(first);
}

std::vector<Ordinal> SegmentReader::segments() const {
  const std::lock_guard lock(mutex_);
  return segments_;
}

SegmentReader::Range SegmentReader::range_of(Ordinal ordinal) const {
  const std::lock_guard lock(mutex_);
  const auto behind = std::upper_bound(segments_.begin(), segments_.end(), ordinal);
  FLORIN_ASSERT(behind != segments_.begin());
  const Ordinal last{std::numeric_limits<std::uint64_t>::max()};
  return {*(behind - 1), behind == segments_.end() ? last : *behind};
}

Result<SegmentReader::Cursor> SegmentReader::open_segment_of(Ordinal ordinal) const {
  FLORIN_TRY_ASSIGN(SegmentFile segment, SegmentFile::open(folder_, range_of(ordinal).first, partition_,
                                                           SegmentFile::Access::read));
  const ChainPoint start = segment.header().start;
  return Cursor{std::make_shared<const SegmentFile>(std::move(segment)), segment_header_bytes, start};
}

Result<SegmentReader::Cursor> SegmentReader::seek(Ordinal from) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(cursors_.begin(), cursors_.end(),
                                    [from](const Cursor& cursor) { return cursor.at.next == from; });
    if (found != cursors_.end()) {
      Cursor cursor = std::move(*found);
      cursors_.erase(found);
      return cursor;
    }
  }
  FLORIN_TRY_ASSIGN(Cursor cursor, open_segment_of(from));
  SegmentScanner scanner(cursor.segment->file(), cursor.offset, cursor.at, quarantine_);
  while (scanner.at().next < from) FLORIN_TRY(next_record(scanner, *cursor.segment, Verify::header));
  cursor.offset = scanner.offset();
  cursor.at = scanner.at();
  return cursor;
}

void SegmentReader::remember(Cursor cursor) const {
  const std::lock_guard lock(mutex_);
  if (cursors_.size() == journal_cursors_max) cursors_.erase(cursors_.begin());
  cursors_.push_back(std::move(cursor));
}

// Takes records of the cursor's segment until `end` (false) or until the next does not fit (true).
Result<bool> SegmentReader::take(Cursor& cursor, Ordinal end, Taken& taken) const {
  SegmentScanner scanner(cursor.segment->file(), cursor.offset, cursor.at, quarantine_);
  while (cursor.at.next < end) {
    if (!taken.records.empty()) {
      FLORIN_TRY_ASSIGN(const Frame ahead, scanner.peek());
      if (ahead.header.length > taken.bytes_left) return true;
      taken.bytes_left -= ahead.header.length;
    }
    FLORIN_TRY_ASSIGN(const Frame frame, next_record(scanner, *cursor.segment, Verify::all));
    taken.records.push_back(
        {frame.header.ordinal, frame.header.stamp, Bytes(frame.sealed.begin(), frame.sealed.end())});
    cursor.offset = scanner.offset();
    cursor.at = scanner.at();
  }
  return false;
}

Result<bool> SegmentReader::take_from_segment(Cursor& cursor, Ordinal head, Taken& taken) const {
  const Range range = range_of(cursor.at.next);
  if (range.first != cursor.segment->header().start.next) {
    FLORIN_TRY_ASSIGN(Cursor next, open_segment_of(cursor.at.next));
    if (next.at != cursor.at)
      return fail(damaged(next.segment->file().path(), "it does not follow from the segment before it"));
    cursor = std::move(next);
  }
  return take(cursor, std::min(head, range.end), taken);
}

Result<std::vector<JournalRecord>> SegmentReader::read(Ordinal from, Ordinal head,
                                                       std::size_t bytes_max) const {
  FLORIN_ASSERT(from < head);
  FLORIN_TRY_ASSIGN(Cursor cursor, seek(from));
  Taken taken{.records = {}, .bytes_left = bytes_max};
  bool full = false;
  while (!full && cursor.at.next < head) {
    auto filled = take_from_segment(cursor, head, taken);
    // What comes before a damaged record is good and is given; the next read, which starts there, fails.
    if (!filled && taken.records.empty()) return fail(std::move(filled).error());
    full = !filled || *filled;
  }
  remember(std::move(cursor));
  return std::move(taken.records);
}

}  // namespace florin
