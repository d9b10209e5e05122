// The head mark: a small file that says, durably and before anyone is told, how far the journal is
// acknowledged. Two slots take turns, so that a write that a crash tears leaves the mark before it
// (docs/formats/journal_segments.md). Owned by the appender's thread.
#pragma once

#include <optional>

#include "engine/journal/file_system.hpp"
#include "engine/journal/segment_frame.hpp"

namespace florin {

inline constexpr std::uint16_t head_mark_format = 0;
inline constexpr std::size_t head_mark_bytes = 96;
inline constexpr std::size_t head_mark_slot_bytes =
    4096;  // a slot has a disk block of its own: only one can be torn

struct HeadMark {
  PartitionId partition{};
  std::uint64_t generation = 0;  // counts the writes; the readable slot with the greater one is in force
  ChainPoint head{};
  Ordinal segment{};         // first ordinal of the segment that the head is in
  std::uint64_t offset = 0;  // of the head in that segment's file
  friend bool operator==(const HeadMark&, const HeadMark&) = default;
};

Bytes encode_head_mark(const HeadMark& mark);
Result<HeadMark> decode_head_mark(ByteView bytes);  // Errc::corrupt, or format for another version

class HeadMarkFile {
 public:
  // Errors: io, disk_full.
  static Result<HeadMarkFile> create(const Folder& folder, const HeadMark& first);
  // Errors: corrupt when no slot can be read, format, io.
  static Result<HeadMarkFile> open(const Folder& folder);

  const HeadMark& newest() const { return newest_; }

  // Stores the mark in the other slot, as the next generation; durable when it returns. Errors: io,
  // disk_full.
  Result<void> write(HeadMark mark);

 private:
  HeadMarkFile(std::unique_ptr<File> file, const HeadMark& newest, std::size_t slot)
      : file_(std::move(file)), newest_(newest), slot_(slot) {}

  std::unique_ptr<File> file_;
  HeadMark newest_;
  std::size_t slot_;  // that newest_ is in
};

}  // namespace florin
