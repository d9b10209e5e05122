#include "engine/journal/head_mark.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "engine/base/hash.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

HeadMark mark_at(std::uint64_t head) {
  return {.partition = {3},
          .generation = 0,
          .head = {.next = {head},
                   .stamp = {head * 10},
                   .chain = blake2b(Bytes(1, static_cast<std::uint8_t>(head)))},
          .segment = {1},
          .offset = head * 100};
}

void flip(const std::filesystem::path& file, std::size_t offset) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const auto byte = static_cast<char>(stream.get() ^ 1);
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(byte);
}

TEST_CASE("a mark is read as it was written, and any change to it is found") {
  const HeadMark mark = mark_at(5);
  const Bytes bytes = encode_head_mark(mark);
  CHECK(*decode_head_mark(bytes) == mark);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] ^= 1;
    CHECK(!decode_head_mark(changed));
    CHECK(!decode_head_mark(ByteView(bytes).first(i)));
  }
}

TEST_CASE("the newest mark is in force, across openings") {
  test::TemporaryFolder folder;
  auto file = HeadMarkFile::create(folder.path(), mark_at(0));
  REQUIRE(file);
  for (std::uint64_t head = 1; head <= 5; ++head) {
    REQUIRE(file->write(mark_at(head)));
    CHECK(file->newest().head == mark_at(head).head);
    auto again = HeadMarkFile::open(folder.path());
    REQUIRE(again);
    CHECK(again->newest() == file->newest());
    CHECK(again->newest().generation == head);
    file = std::move(again);
  }
}

TEST_CASE("a damaged slot leaves the mark before it, and the next mark repairs it") {
  test::TemporaryFolder folder;
  auto file = HeadMarkFile::create(folder.path(), mark_at(0));
  REQUIRE(file);
  REQUIRE(file->write(mark_at(1)));
  REQUIRE(file->write(mark_at(2)));  // in slot 0, beside mark 1 in slot 1
  flip(folder.path() / "head", 30);
  auto again = HeadMarkFile::open(folder.path());
  REQUIRE(again);
  CHECK(again->newest().head == mark_at(1).head);
  REQUIRE(again->write(mark_at(3)));
  again = HeadMarkFile::open(folder.path());
  REQUIRE(again);
  CHECK(again->newest().head == mark_at(3).head);
  flip(folder.path() / "head", 30);
  CHECK(HeadMarkFile::open(folder.path())->newest().head == mark_at(1).head);
}

TEST_CASE("two damaged slots are refused with the next step") {
  test::TemporaryFolder folder;
  auto file = HeadMarkFile::create(folder.path(), mark_at(0));
  REQUIRE(file);
  REQUIRE(file->write(mark_at(1)));
  flip(folder.path() / "head", 30);
  flip(folder.path() / "head", head_mark_slot_bytes + 30);
  const auto again = HeadMarkFile::open(folder.path());
  REQUIRE(!again);
  CHECK(again.error().code == Errc::corrupt);
  CHECK(again.error().message.find("florin journal check") != std::string::npos);
}

}  // namespace
}  // namespace florin
