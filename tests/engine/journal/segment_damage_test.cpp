// What is wrong with a journal's files is found and named, or it is harmless. Never is a record silently lost
// or changed.
#include <doctest/doctest.h>

#include "engine/journal/segment_journal.hpp"
#include "tests/engine/journal/journal_world.hpp"

namespace florin {
namespace {

using namespace florin::test;

constexpr std::size_t frame_bytes = frame_header_bytes + record_bytes;

// The journals here have 16 records in three segments: 0 and 7 closed, 14 with two records.

// Opens and reads everything; the first error.
Result<void> use(const JournalWorld& world) {
  FLORIN_TRY_ASSIGN(const std::unique_ptr<SegmentJournal> journal, world.open());
  REQUIRE(journal->head().value == 16);
  return read_all(*journal);
}

TEST_CASE("a flipped byte is found or harmless, wherever it is") {
  JournalWorld world;
  world.make(16);
  Files files(world.folder());
  const auto check_flip = [&](const std::string& name, std::size_t offset, bool found) {
    files[name][offset] ^= 0x10;
    files.restore();
    const auto used = use(world);
    CAPTURE(name);
    CAPTURE(offset);
    REQUIRE(!used.has_value() == found);
    if (found) CHECK(used.error().code == Errc::corrupt);
    if (found) CHECK(mentions(used.error(), "florin journal check"));
    files[name][offset] ^= 0x10;
  };
  SUBCASE("a closed segment") {
    for (std::size_t i = 0; i < files[segment_name({7})].size(); ++i) check_flip(segment_name({7}), i, true);
  }
  SUBCASE("the last segment, up to the head") {
    for (std::size_t i = 0; i < segment_header_bytes + 2 * frame_bytes; ++i)
      check_flip(segment_name({14}), i, true);
  }
  SUBCASE("the last segment, behind the head") {
    for (std::size_t i = segment_header_bytes + 2 * frame_bytes; i < segment_bytes_min; i += 13)
      check_flip(segment_name({14}), i, false);
  }
  SUBCASE("the head mark") {
    for (std::size_t i = 0; i < head_mark_bytes; ++i) {
      check_flip("head", i, false);
      check_flip("head", head_mark_slot_bytes + i, false);
    }
  }
}

TEST_CASE("a damaged record is named, and those before it can be read") {
  JournalWorld world;
  world.make(16);
  Files files(world.folder());
  files[segment_name({7})][segment_header_bytes + 2 * frame_bytes + 70] ^= 1;  // in the bytes of record 9
  files.restore();
  const auto journal = world.must_open();
  const auto before = journal->read({0}, 9 * record_bytes - record_bytes);
  REQUIRE(before);
  CHECK(before->size() == 9);
  const auto damaged = journal->read({9}, 0);
  REQUIRE(!damaged);
  CHECK(damaged.error().code == Errc::corrupt);
  CHECK(mentions(damaged.error(), "record 9 "));
  CHECK(mentions(damaged.error(), segment_name({7})));
  const auto verified = journal->verify_all();
  REQUIRE(!verified);
  CHECK(mentions(verified.error(), "record 9 "));
}

TEST_CASE("a check finds what opening does not look at, and changes nothing") {
  JournalWorld world;
  world.make(16);
  Files files(world.folder());
  const auto good = check_journal(world.folder(), partition);
  REQUIRE(good);
  CHECK(good->segments == 3);
  CHECK(good->head.value == 16);

  files[segment_name({0})][segment_header_bytes + frame_header_bytes] ^= 1;
  files["head"][20] ^= 1;  // its newest slot or the older one: a check repairs neither
  files.restore();
  const auto checked = check_journal(world.folder(), partition);
  REQUIRE(!checked);
  CHECK(mentions(checked.error(), "record 0 "));
  CHECK(Files(world.folder()) == files);
}

TEST_CASE("a file that is missing is refused by its name") {
  JournalWorld world;
  world.make(16);
  Files files(world.folder());
  for (const std::uint64_t first : {0ul, 7ul, 14ul}) {
    Files less = files;
    less.remove(segment_name({first}));
    less.restore();
    const Error error = world.open_error();
    CHECK(error.code == Errc::corrupt);
    CHECK(mentions(error, segment_name({first})));
    CHECK(mentions(error, "missing"));
  }
  Files less = files;
  less.remove("head");
  less.restore();
  CHECK(world.open_error().code == Errc::corrupt);
  CHECK(mentions(world.open_error(), "head mark is missing"));
  for (const std::uint64_t first : {0ul, 7ul, 14ul}) less.remove(segment_name({first}));
  less["head"] = files["head"];
  less.restore();
  CHECK(mentions(world.open_error(), "missing"));
}

TEST_CASE("a renamed or exchanged file is refused") {
  JournalWorld world;
  world.make(16);
  Files files(world.folder());
  SUBCASE("renamed") {
    files[segment_name({15})] = files[segment_name({14})];
    files.remove(segment_name({14}));
    files.restore();
    CHECK(world.open_error().code == Errc::corrupt);
  }
  SUBCASE("copied") {
    files[segment_name({21})] = files[segment_name({14})];
    files.restore();
    CHECK(world.open_error().code == Errc::corrupt);
  }
  SUBCASE("exchanged") {
    std::swap(files[segment_name({7})], files[segment_name({14})]);
    files.restore();
    CHECK(world.open_error().code == Errc::corrupt);
    CHECK(mentions(world.open_error(), segment_name({7})));
  }
}

TEST_CASE("a segment or head mark of another journal of the same partition is refused") {
  JournalWorld world, other;
  world.make(16);
  other.clock.advance_ns(1);  // so that its stamps and chain values differ
  other.make(16);
  Files foreign(other.folder());
  for (const std::string& name :
       {segment_name({0}), segment_name({7}), segment_name({14}), std::string("head")}) {
    Files files(world.folder());
    const Files good = files;
    files[name] = foreign[name];
    files.restore();
    const Error error = world.open_error();
    CAPTURE(name);
    CHECK(error.code == Errc::corrupt);
    good.restore();
  }
  CHECK(use(world));
}

TEST_CASE("a file that does not belong there is refused by its name") {
  JournalWorld world;
  world.make(2);
  for (const char* name :
       {"notes.txt", "0.segment", "0000000000000000000x.segment", "99999999999999999999.segment"}) {
    write_file(world.folder() / name, {1});
    CHECK(world.open_error().code == Errc::invalid_argument);
    CHECK(mentions(world.open_error(), name));
    std::filesystem::remove(world.folder() / name);
  }
  check_whole(world, 2);
}

TEST_CASE("an acknowledged record that was cut off is refused, not forgotten") {
  JournalWorld world;
  world.make(16);
  Files files(world.folder());
  const std::size_t end = segment_header_bytes + 2 * frame_bytes;
  for (std::size_t cut = 0; cut < end; ++cut) {
    Files less = files;
    less[segment_name({14})].resize(cut);
    less.restore();
    REQUIRE(world.open_error().code == Errc::corrupt);
    // The same with zeros instead of an end.
    less[segment_name({14})].resize(segment_bytes_min);
    less.restore();
    REQUIRE(world.open_error().code == Errc::corrupt);
  }
  files[segment_name({14})].resize(end);
  files.restore();
  check_whole(world, 16);
}

TEST_CASE("a journal that was rolled back by its segment but not its head mark is refused") {
  JournalWorld world;
  world.make(1);
  Files old(world.folder());
  append(*world.must_open(), 1);
  Files files(world.folder());
  files[segment_name({0})] = old[segment_name({0})];
  files.restore();
  CHECK(world.open_error().code == Errc::corrupt);
  CHECK(mentions(world.open_error(), "record 1 "));
}

}  // namespace
}  // namespace florin
