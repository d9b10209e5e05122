#include "engine/journal/segment_journal.hpp"

#include <algorithm>

#include "engine/journal/segment_scanner.hpp"

namespace florin {

namespace {

// Holds the folder for this process. Errors: already_exists when another one has it.
Result<std::unique_ptr<File>> lock_folder(const Folder& folder) {
  FLORIN_TRY_ASSIGN(std::unique_ptr<File> lock, folder.files->open(folder.path / lock_name, OpenAs::lock));
  FLORIN_TRY_ASSIGN(const bool locked, lock->try_lock());
  if (!locked)
    return fail(Errc::already_exists,
                "the journal in " + folder.path.string() +
                    " is open in another process; stop that one, or give another folder");
  return lock;
}

}  // namespace

// A group as it goes to disk: a frame header before each record.
struct SegmentJournal::Group {
  ChainPoint end;
  std::uint64_t bytes = 0;
  std::vector<std::array<std::uint8_t, frame_header_bytes>> headers;
  std::vector<iovec> pieces;
};

Result<JournalLock> lock_journal(const Folder& folder) {
  FLORIN_TRY(folder.files->make_folder(folder.path));
  FLORIN_TRY_ASSIGN(std::unique_ptr<File> file, lock_folder(folder));
  return JournalLock{folder, std::move(file)};
}

Result<std::unique_ptr<SegmentJournal>> SegmentJournal::open(const Folder& folder, PartitionId partition,
                                                             const Clock& clock,
                                                             SegmentJournalOptions options) {
  FLORIN_TRY_ASSIGN(JournalLock lock, lock_journal(folder));
  return open(std::move(lock), partition, clock, std::move(options));
}

Result<std::unique_ptr<SegmentJournal>> SegmentJournal::open(JournalLock lock, PartitionId partition,
                                                             const Clock& clock,
                                                             SegmentJournalOptions options) {
  if (options.segment_bytes < segment_bytes_min)
    return fail(Errc::invalid_argument, "a journal's segment has at least " +
                                            std::to_string(segment_bytes_min) + " bytes, not " +
                                            std::to_string(options.segment_bytes));
  FLORIN_TRY_ASSIGN(RecoveredJournal recovered,
                    recover_journal(lock.folder, partition, options.segment_bytes, options.quarantine));
  return std::unique_ptr<SegmentJournal>(
      new SegmentJournal(std::move(lock), partition, clock, std::move(options), std::move(recovered)));
}

SegmentJournal::SegmentJournal(JournalLock lock, PartitionId partition, const Clock& clock,
                               SegmentJournalOptions options, RecoveredJournal recovered)
    : folder_(std::move(lock.folder)),
      partition_(partition),
      clock_(clock),
      options_(std::move(options)),
      lock_(std::move(lock.file)),
      active_(std::move(recovered.active)),
      capacity_(options_.segment_bytes),
      offset_(recovered.offset),
      at_(recovered.head),
      mark_(std::move(recovered.mark)),
      reader_(folder_, partition, std::move(recovered.segments), options_.quarantine),
      tail_(options_.tail_bytes_max),
      head_(recovered.head.next.value) {}

Result<Appended> SegmentJournal::append(std::span<const Bytes> sealed_records) {
  const Appended appended{at_.next, std::max(at_.stamp, clock_.now())};
  const std::vector<Timestamp> stamps(sealed_records.size(), appended.stamp);
  FLORIN_TRY(append_stamped(sealed_records, stamps));
  return appended;
}

Result<void> SegmentJournal::append_copied(std::span<const JournalRecord> records) {
  FLORIN_TRY(check_copied(records));
  std::vector<Bytes> sealed_records;
  std::vector<Timestamp> stamps;
  for (const JournalRecord& record : records) {
    sealed_records.push_back(record.sealed);
    stamps.push_back(record.stamp);
  }
  return append_stamped(sealed_records, stamps);
}

Result<void> SegmentJournal::check_copied(std::span<const JournalRecord> records) const {
  Ordinal next = at_.next;
  Timestamp stamp = at_.stamp;
  for (const JournalRecord& record : records) {
    if (record.ordinal != next)
      return fail(Errc::invalid_argument, "record " + to_string(record.ordinal) +
                                              " cannot be copied to the place of record " + to_string(next));
    if (record.stamp < stamp)
      return fail(Errc::invalid_argument,
                  "record " + to_string(record.ordinal) +
                      " cannot be copied: its stamp is before that of the one before");
    next = {next.value + 1};
    stamp = record.stamp;
  }
  return {};
}

Result<void> SegmentJournal::append_stamped(std::span<const Bytes> sealed_records,
                                            std::span<const Timestamp> stamps) {
  if (!failure_.empty())
    return fail(Errc::stopped, "the journal accepts nothing since an earlier failure (" + failure_ +
                                   "); restart when its cause is gone");
  if (head_.stopped()) return fail(Errc::stopped, "the journal is shutting down; nothing was accepted");
  FLORIN_TRY(check_group(sealed_records));
  Group group = frame_group(sealed_records, stamps);
  if (!fits(group)) {
    auto room = make_room(group);
    if (!room && room.error().code == Errc::disk_full)
      return fail(Errc::disk_full,
                  "nothing was written, and the journal goes on when there is room: " + room.error().message);
    if (!room) return fail(break_off(std::move(room).error()));
  }
  if (auto durable = make_durable(group); !durable) return fail(break_off(std::move(durable).error()));
  publish(sealed_records, stamps);
  return {};
}

// What was written cannot be known any more, so nothing may be called refused for want of space.
Error SegmentJournal::break_off(Error error) {
  if (error.code == Errc::disk_full) error.code = Errc::io;
  failure_ = error.message;
  return error;
}

SegmentJournal::Group SegmentJournal::frame_group(std::span<const Bytes> sealed_records,
                                                  std::span<const Timestamp> stamps) const {
  Group group{.end = at_, .headers = {}, .pieces = {}};
  group.headers.reserve(sealed_records.size());  // pieces point into it
  for (std::size_t i = 0; i < sealed_records.size(); ++i) {
    const Bytes& sealed = sealed_records[i];
    const Ordinal ordinal = group.end.next;
    group.end = chain_after(group.end, stamps[i], sealed);
    group.headers.push_back(
        encode_frame_header({.length = static_cast<std::uint32_t>(sealed.size()),
                             .group_left = static_cast<std::uint32_t>(sealed_records.size() - 1 - i),
                             .ordinal = ordinal,
                             .stamp = group.end.stamp,
                             .chain = group.end.chain}));
    group.pieces.push_back(to_write(group.headers.back()));
    group.pieces.push_back(to_write(sealed));
    group.bytes += frame_header_bytes + sealed.size();
  }
  return group;
}

bool SegmentJournal::fits(const Group& group) const {
  return offset_ + group.bytes + frame_header_bytes <= capacity_;
}

std::uint64_t SegmentJournal::capacity_for(const Group& group) const {
  return std::max(options_.segment_bytes, segment_header_bytes + group.bytes + frame_header_bytes);
}

// All of a roll-over that needs space, before anything of the group is written. A segment without records has
// no smaller successor: it grows with the group that does not fit.
Result<void> SegmentJournal::make_room(const Group& group) {
  if (!next_segment()) return active_.grow(capacity_for(group));
  return SegmentFile::prepare(folder_, {.partition = partition_, .start = at_}, capacity_for(group));
}

Result<void> SegmentJournal::make_durable(Group& group) {
  if (!fits(group)) FLORIN_TRY(roll_over(capacity_for(group)));
  FLORIN_TRY(active_.file().write(group.pieces, offset_));
  FLORIN_TRY(active_.file().sync_data());
  HeadMark mark{.partition = partition_,
                .head = group.end,
                .segment = active_.header().start.next,
                .offset = offset_ + group.bytes};
  FLORIN_TRY(mark_.write(mark));
  offset_ = mark.offset;
  at_ = group.end;
  return {};
}

Result<void> SegmentJournal::roll_over(std::uint64_t capacity) {
  if (next_segment()) {
    FLORIN_TRY(active_.close(at_, offset_));
    FLORIN_TRY_ASSIGN(active_, SegmentFile::appear(folder_, {.partition = partition_, .start = at_}));
    reader_.add_segment(at_.next);
    offset_ = segment_header_bytes;
  }
  capacity_ = capacity;
  return {};
}

void SegmentJournal::publish(std::span<const Bytes> sealed_records, std::span<const Timestamp> stamps) {
  const std::uint64_t first = head_.value();
  for (std::size_t i = 0; i < sealed_records.size(); ++i)
    tail_.push(std::make_shared<JournalRecord>(JournalRecord{{first + i}, stamps[i], sealed_records[i]}));
  head_.raise(at_.next.value);
}

Result<std::vector<JournalRecord>> SegmentJournal::read(Ordinal from, std::size_t bytes_max) const {
  const Ordinal end = head();
  FLORIN_TRY(check_read_from(from, end));
  if (from == end) return std::vector<JournalRecord>{};
  const std::vector<JournalRecordPtr> held = tail_.read(from, end, bytes_max);
  if (held.empty()) return reader_.read(from, end, bytes_max);
  std::vector<JournalRecord> out;
  out.reserve(held.size());
  for (const JournalRecordPtr& record : held) out.push_back(*record);
  return out;
}

Result<void> SegmentJournal::verify_all() const {
  const Ordinal end = head();
  return verify_segments(folder_, partition_, reader_.segments(), end, options_.quarantine);
}

Result<JournalCheck> check_journal(const Folder& folder, PartitionId partition,
                                   const Quarantine& quarantine) {
  FLORIN_TRY_ASSIGN(const std::unique_ptr<File> lock, lock_folder(folder));
  FLORIN_TRY_ASSIGN(const Survey survey, survey_journal(folder, partition, quarantine));
  FLORIN_TRY(verify_segments(folder, partition, survey.segments, survey.head.next, quarantine));
  return JournalCheck{survey.segments.size(), survey.head.next};
}

Result<FoundRecord> find_record(const Folder& folder, PartitionId partition, Ordinal ordinal) {
  FLORIN_TRY_ASSIGN(const std::unique_ptr<File> lock, lock_folder(folder));
  FLORIN_TRY_ASSIGN(const FolderContents contents, list_journal_folder(folder));
  const auto behind = std::upper_bound(contents.segments.begin(), contents.segments.end(), ordinal);
  if (behind == contents.segments.begin())
    return fail(damaged(folder.path, "no segment has the record " + to_string(ordinal)));
  FLORIN_TRY_ASSIGN(const SegmentFile segment,
                    SegmentFile::open(folder, *(behind - 1), partition, SegmentFile::Access::read));
  const Quarantine none;
  SegmentScanner scanner(segment.file(), segment_header_bytes, segment.header().start, none);
  while (scanner.at().next < ordinal) {
    FLORIN_TRY_ASSIGN(const Frame before, scanner.next(Verify::header));
    if (before.kind == FrameKind::bad)
      return fail(damaged_record(segment.file().path(), scanner.at().next, before.reason));
    if (before.kind != FrameKind::record) break;
  }
  FLORIN_TRY_ASSIGN(const Frame frame, scanner.next(Verify::all));
  if (frame.kind == FrameKind::bad)
    return fail(damaged_record(segment.file().path(), scanner.at().next, frame.reason));
  if (frame.sealed.empty())
    return fail(Errc::invalid_argument, "the journal has no record " + to_string(ordinal));
  return FoundRecord{Bytes(frame.sealed.begin(), frame.sealed.end()), frame.kind == FrameKind::altered};
}

}  // namespace florin
