// The embedded journal: a folder of segment files and a head mark (docs/formats/journal_segments.md). A group
// is one write, one fdatasync and one synced head mark, and only then acknowledged. Threads and errors as in
// the port.
//
// One process at a time: the folder is locked while the journal is open. After a failed write or sync the
// journal has failed for good, since what the disk then holds cannot be known; opening it again finds out. A
// disk that is full when the next segment is to be made is no such failure: nothing of the group was written.
#pragma once

#include <memory>
#include <string>

#include "engine/clock/clock.hpp"
#include "engine/journal/journal.hpp"
#include "engine/journal/record_tail.hpp"
#include "engine/journal/segment_reader.hpp"
#include "engine/journal/segment_recovery.hpp"
#include "engine/journal/watermark.hpp"

namespace florin {

struct SegmentJournalOptions {
  std::uint64_t segment_bytes =
      256u << 20;  // reserved for each segment; a larger group gets a segment of its size
  std::size_t tail_bytes_max = 64u << 20;  // of the newest records, kept in memory for readers
  Quarantine quarantine = {};              // altered records that are read as they stand there
};

inline constexpr std::uint64_t segment_bytes_min = 1024;

// Keeps other processes out of a journal, before it is opened as well as while it is open.
struct JournalLock {
  Folder folder;
  std::unique_ptr<File> file;
};

// Makes the folder when it is not there (its parent must be). Errors: already_exists (open elsewhere), io,
// disk_full.
Result<JournalLock> lock_journal(const Folder& folder);

class SegmentJournal final : public Journal {
 public:
  // Opens the journal in `folder`, which is made when it is not there (its parent must be). Reads the last
  // segment whole and the ends of all others. The clock outlives the journal. Errors: already_exists (open
  // elsewhere), corrupt (names the record or file and the next step), format, invalid_argument (another
  // partition, a file that does not belong there, an option), io, disk_full.
  static Result<std::unique_ptr<SegmentJournal>> open(const Folder& folder, PartitionId partition,
                                                      const Clock& clock, SegmentJournalOptions options = {});
  static Result<std::unique_ptr<SegmentJournal>> open(JournalLock lock, PartitionId partition,
                                                      const Clock& clock, SegmentJournalOptions options = {});

  Result<Appended> append(std::span<const Bytes> sealed_records) override;
  // Appends records of another journal as one group, with the stamps that they have there. Errors: as for
  // append(), and invalid_argument (an ordinal that is not the next one, or a stamp before the last one).
  Result<void> append_copied(std::span<const JournalRecord> records);
  Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t bytes_max) const override;
  Ordinal head() const override { return {head_.value()}; }
  bool wait_beyond(Ordinal ordinal, Deadline deadline) const override {
    return head_.wait_beyond(ordinal.value, deadline);
  }
  void stop() override { head_.stop(); }

  // Reads and verifies every byte of every record from the first to the head; any thread, also while others
  // append. Errors: corrupt (names the record), io.
  Result<void> verify_all() const;

 private:
  struct Group;

  SegmentJournal(JournalLock lock, PartitionId partition, const Clock& clock, SegmentJournalOptions options,
                 RecoveredJournal recovered);

  Result<void> append_stamped(std::span<const Bytes> sealed_records, std::span<const Timestamp> stamps);
  Result<void> check_copied(std::span<const JournalRecord> records) const;
  Group frame_group(std::span<const Bytes> sealed_records, std::span<const Timestamp> stamps) const;
  bool fits(const Group& group) const;
  std::uint64_t capacity_for(const Group& group) const;
  bool next_segment() const { return at_.next != active_.header().start.next; }
  Result<void> make_room(const Group& group);
  Result<void> make_durable(Group& group);
  Result<void> roll_over(std::uint64_t capacity);
  Error break_off(Error error);
  void publish(std::span<const Bytes> sealed_records, std::span<const Timestamp> stamps);

  const Folder folder_;
  const PartitionId partition_;
  const Clock& clock_;
  const SegmentJournalOptions options_;
  const std::unique_ptr<File> lock_;

  // The appender's thread only.
  SegmentFile active_;
  std::uint64_t capacity_;  // of the active segment
  std::uint64_t offset_;    // of the head in it
  ChainPoint at_;           // the head
  HeadMarkFile mark_;
  std::string failure_;  // why nothing more is accepted; empty while all is well

  SegmentReader reader_;
  RecordTail tail_;
  Watermark head_;
};

// Reads and verifies every byte of a journal that no process has open, and changes nothing. Errors as for
// open().
struct JournalCheck {
  std::size_t segments = 0;
  Ordinal head;  // the number of records that are whole and in order
};
Result<JournalCheck> check_journal(const Folder& folder, PartitionId partition,
                                   const Quarantine& quarantine = {});

// One record as it stands in a journal that no process has open, whether or not its bytes match its chain
// value. Errors: corrupt (its frame cannot be found), invalid_argument (there is no such record), and those
// of open().
struct FoundRecord {
  Bytes sealed;
  bool altered = false;
};
Result<FoundRecord> find_record(const Folder& folder, PartitionId partition, Ordinal ordinal);

}  // namespace florin
