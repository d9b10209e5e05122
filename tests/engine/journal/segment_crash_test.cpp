// A crash between any two steps of an append leaves a journal that opens, with every acknowledged record and
// whole groups.
#include <doctest/doctest.h>

#include "engine/journal/segment_journal.hpp"
#include "tests/engine/journal/journal_world.hpp"

namespace florin {
namespace {

using namespace florin::test;

constexpr std::size_t frame_bytes = frame_header_bytes + record_bytes;

TEST_CASE("a torn tail behind the head mark is cut, at whatever byte it was torn") {
  JournalWorld world;
  world.make(2);
  Files before(world.folder());
  append(*world.must_open(), 2);  // one group
  Files after(world.folder());
  const std::string name = segment_name({0});
  const std::size_t begin = segment_header_bytes + 2 * frame_bytes;
  const std::size_t end = begin + 2 * frame_bytes;

  for (std::size_t torn = begin; torn <= end; ++torn) {
    CAPTURE(torn);
    Files files = before;  // the head mark of before
    Bytes& segment = files[name];
    segment = after[name];
    const std::uint64_t whole = torn == end ? 4 : 2;
    std::fill(segment.begin() + static_cast<std::ptrdiff_t>(torn), segment.end(), std::uint8_t{0});
    files.restore();
    REQUIRE(world.must_open()->head().value == whole);
    // The same when the file ends there.
    segment.resize(torn);
    files.restore();
    REQUIRE(world.must_open()->head().value == whole);
  }
}

TEST_CASE("what was cut never comes back, and the journal goes on") {
  JournalWorld world;
  world.make(2);
  Files before(world.folder());
  append(*world.must_open(), 3);
  Files after(world.folder());
  const std::string name = segment_name({0});
  // The second of three records never reached the disk, the third did.
  before[name] = after[name];
  const auto second =
      before[name].begin() + static_cast<std::ptrdiff_t>(segment_header_bytes + 3 * frame_bytes);
  std::fill(second, second + static_cast<std::ptrdiff_t>(frame_bytes), std::uint8_t{0});
  before.restore();
  check_whole(world, 2);
}

TEST_CASE("a whole group that was synced but not marked is kept, and marked") {
  JournalWorld world;
  world.make(2);
  Files before(world.folder());
  append(*world.must_open(), 3);
  Files after(world.folder());
  before[segment_name({0})] = after[segment_name({0})];
  before.restore();
  CHECK(world.must_open()->head().value == 5);
  // Now it is acknowledged: taking it away is found.
  Files marked(world.folder());
  marked[segment_name({0})].resize(segment_header_bytes + 4 * frame_bytes);
  marked.restore();
  CHECK(world.open_error().code == Errc::corrupt);
}

TEST_CASE("a damaged newest slot of the head mark loses nothing") {
  JournalWorld world;
  world.make(15);  // the last group opened segment 14: the older mark is in segment 7
  Files files(world.folder());
  for (const std::size_t slot : {std::size_t{0}, head_mark_slot_bytes}) {
    Files damaged = files;
    std::fill_n(damaged["head"].begin() + static_cast<std::ptrdiff_t>(slot), head_mark_bytes,
                std::uint8_t{0});
    damaged.restore();
    check_whole(world, 15);
  }
}

// The steps of a roll-over: close the full segment, make the next one aside, rename it, append, mark.
TEST_CASE("a crash between any two steps of a roll-over is mended") {
  JournalWorld world;
  world.make(7);
  const Files full(world.folder());
  append(*world.must_open(), 1);
  Files rolled(world.folder());
  Files files = full;
  const std::string first = segment_name({0}), second = segment_name({7});

  SUBCASE("the closing frame is torn or alone") {
    const std::size_t end = segment_header_bytes + 7 * frame_bytes;
    for (std::size_t torn = end; torn <= end + frame_header_bytes; ++torn) {
      files[first] = rolled[first];
      files[first].resize(torn);
      files.restore();
      REQUIRE(world.must_open()->head().value == 7);
      files[first].resize(segment_bytes_min);  // closed, but not yet cut to its size
      files.restore();
      REQUIRE(world.must_open()->head().value == 7);
    }
    check_whole(world, 7);
  }
  SUBCASE("the next segment is not finished") {
    files[first] = rolled[first];
    files[second + ".new"] = Bytes(50, 0xaa);
    files.restore();
    check_whole(world, 7);
    CHECK(!std::filesystem::exists(world.folder() / (second + ".new")));
  }
  SUBCASE("the next segment is empty") {
    files[first] = rolled[first];
    files[second] = rolled[second];
    std::fill(files[second].begin() + segment_header_bytes, files[second].end(), std::uint8_t{0});
    files.restore();
    check_whole(world, 7);
  }
  SUBCASE("the next segment's first group is torn") {
    files[first] = rolled[first];
    files[second] = rolled[second];
    files[second].resize(segment_header_bytes + frame_bytes - 1);
    files.restore();
    check_whole(world, 7);
  }
  SUBCASE("the next segment's first group is whole and not marked") {
    files[first] = rolled[first];
    files[second] = rolled[second];
    files.restore();
    check_whole(world, 8);
  }
}

TEST_CASE("a crash while the journal is made leaves a folder that opens") {
  JournalWorld world;
  world.make(0);
  Files made(world.folder());
  SUBCASE("only the folder") {
    made.remove("head");
    made.remove(segment_name({0}));
  }
  SUBCASE("an unfinished head mark") {
    made.remove("head");
    made.remove(segment_name({0}));
    made["head.new"] = Bytes(10, 1);
  }
  SUBCASE("a head mark and no segment") { made.remove(segment_name({0})); }
  SUBCASE("a head mark and an unfinished segment") {
    made[segment_name({0}) + ".new"] = made[segment_name({0})];
    made.remove(segment_name({0}));
  }
  SUBCASE("all") {}
  made.restore();
  check_whole(world, 0);
}

}  // namespace
}  // namespace florin
