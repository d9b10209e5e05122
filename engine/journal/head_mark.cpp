#include "engine/journal/head_mark.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/codec.hpp"
#include "engine/journal/segment_file.hpp"

namespace florin {

namespace {

constexpr std::string_view head_mark_magic = "FLRNHEAD";
constexpr std::size_t slots = 2;

}  // namespace

Bytes encode_head_mark(const HeadMark& mark) {
  Bytes bytes;
  Writer out(bytes);
  out.raw(as_bytes(head_mark_magic));
  out.fixed(head_mark_format);
  out.fixed(std::uint16_t{0});
  out.fixed(mark.partition.value);
  out.fixed(mark.generation);
  out.fixed(mark.head.next.value);
  out.fixed(mark.head.stamp.value);
  out.raw(mark.head.chain);
  out.fixed(mark.segment.value);
  out.fixed(mark.offset);
  out.fixed(checksum(bytes));
  FLORIN_ASSERT(bytes.size() == head_mark_bytes);
  return bytes;
}

Result<HeadMark> decode_head_mark(ByteView bytes) {
  if (bytes.size() < head_mark_bytes) return fail(Errc::corrupt, "it is too short");
  const ByteView body = bytes.first(head_mark_bytes - sizeof(std::uint64_t));
  Reader in(bytes);
  if (as_text(in.raw(head_mark_magic.size())) != head_mark_magic)
    return fail(Errc::corrupt, "it does not begin like a head mark");
  const auto format = in.fixed<std::uint16_t>();
  const auto unused = in.fixed<std::uint16_t>();
  HeadMark mark;
  mark.partition = {in.fixed<std::uint32_t>()};
  mark.generation = in.fixed<std::uint64_t>();
  mark.head.next = {in.fixed<std::uint64_t>()};
  mark.head.stamp = {in.fixed<std::uint64_t>()};
  mark.head.chain = in.hash();
  mark.segment = {in.fixed<std::uint64_t>()};
  mark.offset = in.fixed<std::uint64_t>();
  if (in.fixed<std::uint64_t>() != checksum(body)) return fail(Errc::corrupt, "it fails its checksum");
  if (format != head_mark_format || unused != 0)
    return fail(Errc::format, "the head mark's format is version " + std::to_string(format) +
                                  ", and this program knows version " + std::to_string(head_mark_format));
  return mark;
}

Result<HeadMarkFile> HeadMarkFile::create(const Folder& folder, const HeadMark& first) {
  const std::filesystem::path path = folder.path / head_mark_name;
  std::filesystem::path unfinished = path;
  unfinished += leftover_suffix;
  {
    FLORIN_TRY_ASSIGN(std::unique_ptr<File> file, folder.files->open(unfinished, OpenAs::fresh_writer));
    // Both slots are written as zeros, not left as a hole: a mark then never needs a new block.
    FLORIN_TRY(file->write(Bytes(slots * head_mark_slot_bytes), 0));
    FLORIN_TRY(file->write(encode_head_mark(first), 0));
    FLORIN_TRY(file->sync());
  }
  FLORIN_TRY(folder.files->rename(unfinished, path));
  FLORIN_TRY(folder.files->sync_folder(folder.path));
  return open(folder);
}

Result<HeadMarkFile> HeadMarkFile::open(const Folder& folder) {
  FLORIN_TRY_ASSIGN(std::unique_ptr<File> file,
                    folder.files->open(folder.path / head_mark_name, OpenAs::synced_writer));
  std::optional<HeadMark> newest;
  std::size_t newest_slot = 0;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    Bytes bytes(head_mark_bytes);
    FLORIN_TRY_ASSIGN(const std::size_t count, file->read(bytes, slot * head_mark_slot_bytes));
    bytes.resize(count);
    const auto mark = decode_head_mark(bytes);
    if (!mark && mark.error().code == Errc::format)
      return fail(Errc::format, file->path().string() + ": " + mark.error().message);
    if (!mark || (newest && newest->generation > mark->generation)) continue;
    newest = *mark;
    newest_slot = slot;
  }
  if (!newest)
    return fail(damaged(file->path(), "the head mark cannot be read, so nobody knows what was acknowledged"));
  return HeadMarkFile(std::move(file), *newest, newest_slot);
}

Result<void> HeadMarkFile::write(HeadMark mark) {
  FLORIN_ASSERT(mark.head.next >= newest_.head.next);
  mark.generation = newest_.generation + 1;
  const std::size_t slot = (slot_ + 1) % slots;
  FLORIN_TRY(file_->write(encode_head_mark(mark), slot * head_mark_slot_bytes));
  newest_ = mark;
  slot_ = slot;
  return {};
}

}  // namespace florin
