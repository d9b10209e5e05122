// What a journal's folder says when it is opened: which segments there are, that they follow each other, and
// where the acknowledged head is. Looking (survey) is apart from mending (recover), so that a check changes
// nothing.
//
// Errors of all: corrupt (names the record or file and the next step), format, invalid_argument (a file that
// does not belong there, another partition), io, disk_full.
#pragma once

#include <vector>

#include "engine/journal/head_mark.hpp"
#include "engine/journal/quarantine.hpp"
#include "engine/journal/segment_file.hpp"

namespace florin {

struct Survey {
  std::vector<Ordinal> segments;                 // ascending; empty in a fresh folder
  std::vector<std::filesystem::path> leftovers;  // of a creation that a crash cut short
  std::optional<HeadMarkFile> mark{};            // none in a fresh folder
  ChainPoint head{};                             // after the last whole group
  std::uint64_t offset = segment_header_bytes;   // of the head in the last segment
};

// Reads headers and closing frames of all segments, and every byte from the start of the head mark's segment
// on.
Result<Survey> survey_journal(const Folder& folder, PartitionId partition, const Quarantine& quarantine);

struct RecoveredJournal {
  std::vector<Ordinal> segments;
  SegmentFile active;  // the last segment, for writing
  HeadMarkFile mark;
  ChainPoint head;
  std::uint64_t offset;  // of the head in the active segment
};

// Surveys, then makes the folder whole: a fresh one gets its first segment, whole groups behind the head mark
// become part of the journal, and a torn tail behind them is cut.
Result<RecoveredJournal> recover_journal(const Folder& folder, PartitionId partition,
                                         std::uint64_t segment_bytes, const Quarantine& quarantine);

// Reads and verifies every record of the given segments up to `end`, and that they follow each other.
Result<void> verify_segments(const Folder& folder, PartitionId partition,
                             const std::vector<Ordinal>& segments, Ordinal end, const Quarantine& quarantine);

}  // namespace florin
