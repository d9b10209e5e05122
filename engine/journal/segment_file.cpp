#include "engine/journal/segment_file.hpp"

#include <algorithm>
#include <charconv>

namespace florin {

namespace {

constexpr std::string_view segment_suffix = ".segment";
constexpr std::size_t ordinal_digits = 20;  // of 2^64 - 1: names sort as their ordinals do
constexpr std::string_view next_step = "; run `florin journal check`";

}  // namespace

std::string segment_name(Ordinal first) {
  const std::string digits = to_string(first);
  return std::string(ordinal_digits - digits.size(), '0') + digits + std::string(segment_suffix);
}

std::optional<Ordinal> segment_first(std::string_view name) {
  std::uint64_t value = 0;
  const auto parsed =
      std::from_chars(name.data(), name.data() + std::min(name.size(), ordinal_digits), value);
  if (parsed.ec != std::errc() || segment_name({value}) != name) return std::nullopt;
  return Ordinal{value};
}

Error damaged(const std::filesystem::path& path, std::string_view what) {
  return {Errc::corrupt, path.string() + ": " + std::string(what) + std::string(next_step)};
}

Error damaged_record(const std::filesystem::path& path, Ordinal ordinal, std::string_view what) {
  return {Errc::corrupt, path.string() + ": record " + to_string(ordinal) +
                             " is damaged: " + std::string(what) + std::string(next_step) +
                             ", then restore the journal, or, where its events are not "
                             "published yet, pass over it with `florin journal quarantine " +
                             to_string(ordinal) + " --reason TEXT`"};
}

namespace {

std::filesystem::path unfinished(const Folder& folder, Ordinal first) {
  return folder.path / (segment_name(first) + std::string(leftover_suffix));
}

Result<void> fill(File& file, const SegmentHeader& header, std::uint64_t capacity) {
  FLORIN_TRY(file.allocate(std::max<std::uint64_t>(capacity, segment_header_bytes)));
  FLORIN_TRY(file.write(encode_segment_header(header), 0));
  return file.sync();
}

}  // namespace

Result<SegmentFile> SegmentFile::create(const Folder& folder, const SegmentHeader& header,
                                        std::uint64_t capacity) {
  FLORIN_TRY(prepare(folder, header, capacity));
  return appear(folder, header);
}

Result<void> SegmentFile::prepare(const Folder& folder, const SegmentHeader& header, std::uint64_t capacity) {
  const std::filesystem::path path = folder.path / segment_name(header.start.next);
  if (folder.files->exists(path))
    return fail(Errc::already_exists, path.string() + " exists already; nothing was written");
  const std::filesystem::path draft = unfinished(folder, header.start.next);
  FLORIN_TRY_ASSIGN(std::unique_ptr<File> file, folder.files->open(draft, OpenAs::fresh_writer));
  auto filled = fill(*file, header, capacity);
  if (filled) return {};
  // It would hold space that others need. One that stays is emptied by the next attempt.
  file.reset();
  [[maybe_unused]] const auto ignored = folder.files->remove(draft);
  return filled;
}

Result<SegmentFile> SegmentFile::appear(const Folder& folder, const SegmentHeader& header) {
  const Ordinal first = header.start.next;
  FLORIN_TRY(folder.files->rename(unfinished(folder, first), folder.path / segment_name(first)));
  FLORIN_TRY(folder.files->sync_folder(folder.path));
  return open(folder, first, header.partition, Access::write);
}

Result<SegmentFile> SegmentFile::open(const Folder& folder, Ordinal first, PartitionId partition,
                                      Access access) {
  const std::filesystem::path path = folder.path / segment_name(first);
  FLORIN_TRY_ASSIGN(std::unique_ptr<File> file,
                    folder.files->open(path, access == Access::write ? OpenAs::writer : OpenAs::reader));
  Bytes bytes(segment_header_bytes);
  FLORIN_TRY_ASSIGN(const std::size_t count, file->read(bytes, 0));
  bytes.resize(count);
  const auto header = decode_segment_header(bytes);
  if (!header) {
    if (header.error().code == Errc::format)
      return fail(Errc::format, path.string() + ": " + header.error().message);
    return fail(damaged(path, header.error().message));
  }
  if (header->partition != partition)
    return fail(Errc::invalid_argument, path.string() + " belongs to partition " +
                                            to_string(header->partition) + ", not to partition " +
                                            to_string(partition) + "; give the folder of the right journal");
  if (header->start.next != first)
    return fail(damaged(path, "its first record is " + to_string(header->start.next) +
                                  " and its name says otherwise; it was renamed or belongs elsewhere"));
  return SegmentFile(std::move(file), *header);
}

Result<FrameHeader> SegmentFile::read_closing_frame() const {
  FLORIN_TRY_ASSIGN(const std::uint64_t size, file_->size());
  const Error missing =
      damaged(file_->path(), "the segment does not end with its closing frame; it was cut or changed");
  if (size < segment_header_bytes + frame_header_bytes) return fail(missing);
  Bytes bytes(frame_header_bytes);
  FLORIN_TRY_ASSIGN(const std::size_t count, file_->read(bytes, size - frame_header_bytes));
  bytes.resize(count);
  const auto header = decode_frame_header(bytes);
  if (!header || header->length != 0) return fail(missing);
  return *header;
}

Result<void> SegmentFile::close(const ChainPoint& end, std::uint64_t offset) {
  FLORIN_TRY(file_->write(encode_frame_header(closing_frame(end)), offset));
  FLORIN_TRY(file_->resize(offset + frame_header_bytes));
  return file_->sync();
}

Result<void> SegmentFile::cut(std::uint64_t offset, std::uint64_t capacity) {
  FLORIN_TRY(file_->resize(offset));
  FLORIN_TRY(file_->allocate(std::max(capacity, offset)));
  return file_->sync();
}

Result<void> SegmentFile::grow(std::uint64_t capacity) {
  FLORIN_TRY(file_->allocate(capacity));
  return file_->sync();
}

Result<FolderContents> list_journal_folder(const Folder& folder) {
  FolderContents contents;
  FLORIN_TRY_ASSIGN(const std::vector<std::string> names, folder.files->list(folder.path));
  for (const std::string& name : names) {
    const std::filesystem::path path = folder.path / name;
    if (name == head_mark_name) {
      contents.head_mark = true;
    } else if (const auto first = segment_first(name)) {
      contents.segments.push_back(*first);
    } else if (name.ends_with(leftover_suffix)) {
      contents.leftovers.push_back(path);
    } else if (name != lock_name) {
      return fail(Errc::invalid_argument,
                  path.string() + " does not belong into a journal's folder; move it away");
    }
  }
  std::sort(contents.segments.begin(), contents.segments.end());
  return contents;
}

}  // namespace florin
