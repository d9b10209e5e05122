#include "engine/journal/segment_recovery.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"
#include "engine/journal/segment_scanner.hpp"

namespace florin {

namespace {

constexpr std::uint64_t copy_bytes_max = 1u << 20;  // held at once while bytes are written again

bool starts_at(const SegmentFile& segment, const FrameHeader& closing) {
  return closing_frame(segment.header().start) == closing;
}

// Every segment but the last is closed, and the next one starts where it ends.
Result<void> check_links(const Folder& folder, PartitionId partition, const std::vector<Ordinal>& segments) {
  FrameHeader closing = closing_frame(ChainPoint{});
  for (const Ordinal first : segments) {
    if (first != closing.ordinal)
      return fail(damaged(folder.path, "the segment " + segment_name(closing.ordinal) + " is missing"));
    FLORIN_TRY_ASSIGN(const SegmentFile segment,
                      SegmentFile::open(folder, first, partition, SegmentFile::Access::read));
    if (!starts_at(segment, closing))
      return fail(damaged(segment.file().path(), "it does not follow from the segment before it"));
    if (first == segments.back()) break;
    FLORIN_TRY_ASSIGN(closing, segment.read_closing_frame());
  }
  return {};
}

// Walks one segment. Up to the head mark everything must be right; behind it whole groups count.
struct MarkWalk {
  const HeadMark& mark;
  const Quarantine& quarantine;
  bool passed = false;  // the mark's place was reached and agrees
  ChainPoint head{};    // of the last whole group behind the mark
  std::uint64_t offset = 0;

  Result<void> meet_mark(const SegmentFile& segment, const SegmentScanner& scanner) {
    if (passed || segment.header().start.next != mark.segment || scanner.offset() < mark.offset) return {};
    if (scanner.offset() != mark.offset || scanner.at() != mark.head)
      return fail(damaged(
          segment.file().path(),
          "the head mark names record " + to_string(mark.head.next) +
              " with another place or chain value; the segment or the head mark is not this journal's"));
    passed = true;
    return {};
  }

  Result<void> walk(const SegmentFile& segment, bool last) {
    SegmentScanner scanner(segment.file(), segment_header_bytes, segment.header().start, quarantine);
    std::uint32_t group_left = 0;
    for (;;) {
      if (group_left == 0) {
        FLORIN_TRY(meet_mark(segment, scanner));
        head = scanner.at();
        offset = scanner.offset();
      }
      FLORIN_TRY_ASSIGN(const Frame frame, scanner.next(Verify::all));
      if (frame.kind == FrameKind::record) {
        group_left = frame.header.group_left;
        continue;
      }
      if (last && passed) return {};  // what is here was never acknowledged
      if (frame.kind == FrameKind::closing && !last && group_left == 0) return {};
      return fail(
          damaged_record(segment.file().path(), scanner.at().next,
                         frame.reason.empty() ? "it was acknowledged and is not there" : frame.reason));
    }
  }
};

Result<void> find_head(const Folder& folder, PartitionId partition, const Quarantine& quarantine,
                       Survey& survey) {
  const HeadMark& mark = survey.mark->newest();
  const auto begin = std::find(survey.segments.begin(), survey.segments.end(), mark.segment);
  if (begin == survey.segments.end())
    return fail(damaged(folder.path, "the segment " + segment_name(mark.segment) + " is missing"));
  MarkWalk walk{.mark = mark, .quarantine = quarantine};
  for (auto first = begin; first != survey.segments.end(); ++first) {
    FLORIN_TRY_ASSIGN(const SegmentFile segment,
                      SegmentFile::open(folder, *first, partition, SegmentFile::Access::read));
    FLORIN_TRY(walk.walk(segment, *first == survey.segments.back()));
    if (!walk.passed)
      return fail(
          damaged_record(segment.file().path(), mark.head.next, "the head mark points behind its segment"));
  }
  survey.head = walk.head;
  survey.offset = walk.offset;
  return {};
}

// Writes the same bytes again: after a failed sync the system may hold them as clean although the disk never
// got them.
Result<void> write_again(File& file, std::uint64_t begin, std::uint64_t end) {
  Bytes bytes;
  while (begin < end) {
    bytes.resize(std::min(copy_bytes_max, end - begin));
    FLORIN_TRY_ASSIGN(const std::size_t count, file.read(bytes, begin));
    if (count != bytes.size())
      return fail(damaged(file.path(), "the file became shorter while it was opened"));
    FLORIN_TRY(file.write(bytes, begin));
    begin += count;
  }
  return {};
}

}  // namespace

Result<Survey> survey_journal(const Folder& folder, PartitionId partition, const Quarantine& quarantine) {
  FLORIN_TRY_ASSIGN(FolderContents contents, list_journal_folder(folder));
  Survey survey{.segments = std::move(contents.segments), .leftovers = std::move(contents.leftovers)};
  FLORIN_TRY(check_links(folder, partition, survey.segments));
  if (!contents.head_mark) {
    if (survey.segments.empty()) return survey;
    return fail(damaged(folder.path, "the head mark is missing, so nobody knows what was acknowledged"));
  }
  FLORIN_TRY_ASSIGN(survey.mark, HeadMarkFile::open(folder));
  const HeadMark& mark = survey.mark->newest();
  if (mark.partition != partition)
    return fail(Errc::invalid_argument, folder.path.string() + " belongs to partition " +
                                            to_string(mark.partition) + ", not to partition " +
                                            to_string(partition));
  // A crash right after the head mark's creation leaves it alone; a mark of records needs their segments.
  if (survey.segments.empty() && mark.head == ChainPoint{}) return survey;
  FLORIN_TRY(find_head(folder, partition, quarantine, survey));
  return survey;
}

Result<RecoveredJournal> recover_journal(const Folder& folder, PartitionId partition,
                                         std::uint64_t segment_bytes, const Quarantine& quarantine) {
  FLORIN_TRY_ASSIGN(Survey survey, survey_journal(folder, partition, quarantine));
  for (const auto& leftover : survey.leftovers) FLORIN_TRY(folder.files->remove(leftover));
  // A segment may have its name in the system's memory alone, after a sync of the folder that failed.
  FLORIN_TRY(folder.files->sync_folder(folder.path));
  if (!survey.mark) {
    FLORIN_TRY_ASSIGN(survey.mark,
                      HeadMarkFile::create(folder, {.partition = partition, .offset = segment_header_bytes}));
  }
  if (survey.segments.empty()) {
    FLORIN_TRY(SegmentFile::create(folder, {.partition = partition, .start = {}}, segment_bytes));
    survey.segments.push_back({0});
  }
  FLORIN_TRY_ASSIGN(SegmentFile active,
                    SegmentFile::open(folder, survey.segments.back(), partition, SegmentFile::Access::write));
  HeadMark mark = survey.mark->newest();
  FLORIN_ASSERT(survey.head.next >= mark.head.next);
  if (survey.head != mark.head) {
    const bool same_segment = mark.segment == survey.segments.back();
    FLORIN_TRY(write_again(active.file(), same_segment ? mark.offset : segment_header_bytes, survey.offset));
  }
  FLORIN_TRY(active.cut(survey.offset, segment_bytes));
  if (survey.head != mark.head) {
    mark.head = survey.head;
    mark.segment = survey.segments.back();
    mark.offset = survey.offset;
    FLORIN_TRY(survey.mark->write(mark));
  }
  return RecoveredJournal{.segments = std::move(survey.segments),
                          .active = std::move(active),
                          .mark = *std::move(survey.mark),
                          .head = survey.head,
                          .offset = survey.offset};
}

Result<void> verify_segments(const Folder& folder, PartitionId partition,
                             const std::vector<Ordinal>& segments, Ordinal end,
                             const Quarantine& quarantine) {
  FLORIN_TRY(check_links(folder, partition, segments));
  for (const Ordinal first : segments) {
    FLORIN_TRY_ASSIGN(const SegmentFile segment,
                      SegmentFile::open(folder, first, partition, SegmentFile::Access::read));
    const bool last = first == segments.back();
    SegmentScanner scanner(segment.file(), segment_header_bytes, segment.header().start, quarantine);
    while (!last || scanner.at().next < end) {
      FLORIN_TRY_ASSIGN(const Frame frame, scanner.next(Verify::all));
      if (frame.kind == FrameKind::closing && !last) break;
      if (frame.kind != FrameKind::record)
        return fail(
            damaged_record(segment.file().path(), scanner.at().next,
                           frame.reason.empty() ? "it was acknowledged and is not there" : frame.reason));
    }
  }
  return {};
}

}  // namespace florin
