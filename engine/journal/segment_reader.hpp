// Reads records of a segment journal from disk, and verifies each one as it does. A few places where readers
// stopped are remembered, so that reading on from there needs no search. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "engine/journal/journal.hpp"
#include "engine/journal/quarantine.hpp"
#include "engine/journal/segment_file.hpp"

namespace florin {

inline constexpr std::size_t journal_cursors_max = 8;  // places remembered, each with one open file

class SegmentReader {
 public:
  SegmentReader(Folder folder, PartitionId partition, std::vector<Ordinal> segments, Quarantine quarantine)
      : folder_(std::move(folder)),
        partition_(partition),
        quarantine_(std::move(quarantine)),
        segments_(std::move(segments)) {}

  // A new segment follows the ones that are known.
  void add_segment(Ordinal first);
  std::vector<Ordinal> segments() const;

  // Records by the rule of Journal::read, from < head, none at or behind `head`. Errors: corrupt (names the
  // record), io.
  Result<std::vector<JournalRecord>> read(Ordinal from, Ordinal head, std::size_t bytes_max) const;

 private:
  struct Cursor {
    std::shared_ptr<const SegmentFile> segment;
    std::uint64_t offset = 0;
    ChainPoint at;
  };

  struct Range {
    Ordinal first, end;  // of a segment's records; the last segment's end is open
  };
  struct Taken {
    std::vector<JournalRecord> records;
    std::size_t bytes_left;  // for the records behind the first
  };

  Range range_of(Ordinal ordinal) const;
  Result<Cursor> open_segment_of(Ordinal ordinal) const;
  Result<Cursor> seek(Ordinal from) const;
  Result<bool> take_from_segment(Cursor& cursor, Ordinal head, Taken& taken) const;
  Result<bool> take(Cursor& cursor, Ordinal end, Taken& taken) const;
  void remember(Cursor cursor) const;

  const Folder folder_;
  const PartitionId partition_;
  const Quarantine quarantine_;
  mutable std::mutex mutex_;
  std::vector<Ordinal> segments_;        // ascending; guarded by mutex_
  mutable std::vector<Cursor> cursors_;  // oldest first; guarded by mutex_
};

}  // namespace florin
