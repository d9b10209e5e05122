// One segment of a journal as a file, named by the ordinal of its first record, and the folder that holds
// them. Owned by one thread; several may hold the same file open for reading.
#pragma once

#include <optional>
#include <vector>

#include "engine/journal/file_system.hpp"
#include "engine/journal/segment_frame.hpp"

namespace florin {

std::string segment_name(Ordinal first);  // "00000000000000000042.segment"
std::optional<Ordinal> segment_first(std::string_view name);

// Errors that name the file, what is wrong there and the next step.
Error damaged(const std::filesystem::path& path, std::string_view what);
Error damaged_record(const std::filesystem::path& path, Ordinal ordinal, std::string_view what);

class SegmentFile {
 public:
  enum class Access { read, write };

  // A new segment with `capacity` bytes reserved, so that a later fdatasync has no file size to store. It
  // appears under its name only when it is whole, and durably so. Errors: io, disk_full, already_exists.
  static Result<SegmentFile> create(const Folder& folder, const SegmentHeader& header,
                                    std::uint64_t capacity);
  // The two halves of it: all that needs space, under a name that recovery removes, and the appearance. After
  // disk_full from the first nothing is left behind. Errors: io, disk_full, already_exists.
  static Result<void> prepare(const Folder& folder, const SegmentHeader& header, std::uint64_t capacity);
  static Result<SegmentFile> appear(const Folder& folder, const SegmentHeader& header);

  // Errors: not_found, corrupt (its header, or a header that does not fit its name), format, invalid_argument
  // (another partition's), io.
  static Result<SegmentFile> open(const Folder& folder, Ordinal first, PartitionId partition, Access access);

  const SegmentHeader& header() const { return header_; }
  const File& file() const { return *file_; }
  File& file() { return *file_; }

  // The closing frame at the end of a closed segment. Errors: corrupt when there is none, io.
  Result<FrameHeader> read_closing_frame() const;

  // Ends the segment at `offset` with a closing frame; durable. Errors: io, disk_full.
  Result<void> close(const ChainPoint& end, std::uint64_t offset);
  // Takes away all bytes from `offset` on and reserves the space up to `capacity` again; durable. Errors: io,
  // disk_full.
  Result<void> cut(std::uint64_t offset, std::uint64_t capacity);
  // Reserves more space; what is there stays. Errors: io, disk_full.
  Result<void> grow(std::uint64_t capacity);

 private:
  SegmentFile(std::unique_ptr<File> file, const SegmentHeader& header)
      : file_(std::move(file)), header_(header) {}

  std::unique_ptr<File> file_;
  SegmentHeader header_;
};

// What a journal's folder holds.
struct FolderContents {
  std::vector<Ordinal> segments;  // ascending
  bool head_mark = false;
  std::vector<std::filesystem::path> leftovers;  // of a creation that a crash cut short; safe to remove
};

// Errors: io, invalid_argument for a file that does not belong there (it is named).
Result<FolderContents> list_journal_folder(const Folder& folder);

inline constexpr std::string_view head_mark_name = "head";
inline constexpr std::string_view lock_name = "lock";
inline constexpr std::string_view leftover_suffix = ".new";

}  // namespace florin
