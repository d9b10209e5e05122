// A disk that is full when the journal needs its next segment: nothing is lost, and nobody has to help.
#include <doctest/doctest.h>

#include "tests/engine/journal/full_disk.hpp"
#include "tests/engine/journal/journal_world.hpp"

namespace florin {
namespace {

using namespace florin::test;

struct FullDiskWorld {
  ManualClock clock{Timestamp{1'700'000'000'000'000'000}};
  TemporaryFolder root{fast_folder()};
  FullDisk disk;

  std::filesystem::path folder() const { return root.path() / "journal"; }
  std::unique_ptr<SegmentJournal> open() {
    return SegmentJournal::open({folder(), disk}, partition, clock,
                                {.segment_bytes = segment_bytes_min, .tail_bytes_max = 0})
        .value();
  }
  void check_records(std::uint64_t count) {
    const auto journal = open();
    CHECK(journal->head().value == count);
    CHECK(read_all(*journal));
    CHECK(journal->verify_all());
  }
};

std::vector<Bytes> group(std::uint64_t first, std::size_t count) {
  std::vector<Bytes> records;
  for (std::uint64_t i = 0; i < count; ++i) records.push_back(sealed(first + i));
  return records;
}

TEST_CASE("given a full segment, when the disk is full, then appends are refused until there is room") {
  FullDiskWorld world;
  {
    const auto journal = world.open();
    append(*journal, 6);
    world.disk.full = true;
    for (int tries = 0; tries < 3; ++tries) {
      const auto refused = journal->append(group(6, 3));
      REQUIRE(!refused);
      CHECK(refused.error().code == Errc::disk_full);
      CHECK(mentions(refused.error(), "nothing was written"));
    }
    CHECK(journal->head().value == 6);
    CHECK(list_journal_folder(world.folder())->leftovers.empty());
    append(*journal, 1);  // what still fits is taken
    world.disk.full = false;
    append(*journal, 3);
    append(*journal, 20);
  }
  world.check_records(30);
}

TEST_CASE(
    "given an append that a full disk refused, when the journal is opened again, then it is not there") {
  FullDiskWorld world;
  {
    const auto journal = world.open();
    append(*journal, 7);
    world.disk.full = true;
    CHECK(journal->append(group(7, 2)).error().code == Errc::disk_full);
  }
  world.disk.full = false;
  world.check_records(7);
}

TEST_CASE(
    "given a first group beyond its segment, when the disk is full, then it is refused and fits later") {
  FullDiskWorld world;
  {
    const auto journal = world.open();
    world.disk.full = true;
    CHECK(journal->append(group(0, 64)).error().code == Errc::disk_full);
    append(*journal, 1);
    CHECK(journal->append(group(1, 64)).error().code == Errc::disk_full);
    world.disk.full = false;
    append(*journal, 64);
  }
  world.check_records(65);
}

TEST_CASE(
    "given a new segment whose name may not be durable, when the journal is opened, then it is made so") {
  FullDiskWorld world;
  {
    const auto journal = world.open();
    append(*journal, 7);
    world.disk.refuses_folders = true;
    CHECK(journal->append(group(7, 2)).error().code == Errc::io);
  }
  world.disk.refuses_folders = false;
  CHECK(list_journal_folder(world.folder())->segments.size() == 2);
  const int before = world.disk.folder_syncs;
  const auto journal = world.open();
  CHECK(world.disk.folder_syncs > before);
  append(*journal, 2);
}

}  // namespace
}  // namespace florin
