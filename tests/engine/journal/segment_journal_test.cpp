// The segment journal in good health: roll-over, locking, limits, failures of the system.
#include "engine/journal/segment_journal.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>

#include "engine/journal/posix_file.hpp"
#include "schemas/commands.hpp"
#include "tests/engine/journal/journal_world.hpp"

namespace florin {
namespace {

using namespace florin::test;

TEST_CASE("records roll over many segments, which are closed at their size") {
  JournalWorld world;
  world.make(50);
  const auto contents = list_journal_folder(world.folder());
  REQUIRE(contents);
  REQUIRE(contents->segments.size() == 8);
  for (std::size_t i = 0; i < contents->segments.size(); ++i) {
    CHECK(contents->segments[i].value == 7 * i);
    const auto size = std::filesystem::file_size(world.folder() / segment_name(contents->segments[i]));
    const bool last = i + 1 == contents->segments.size();
    CHECK(size ==
          (last ? segment_bytes_min
                : segment_header_bytes + 7 * (frame_header_bytes + record_bytes) + frame_header_bytes));
  }
  check_whole(world, 50);
}

TEST_CASE("a group is never split over segments, and a large one gets a segment of its size") {
  JournalWorld world;
  const auto journal = world.must_open();
  append(*journal, 5);
  append(*journal, 64);  // over 7 KiB
  append(*journal, 1);
  const auto contents = list_journal_folder(world.folder());
  REQUIRE(contents);
  REQUIRE(contents->segments.size() == 3);
  CHECK(contents->segments[1].value == 5);
  CHECK(contents->segments[2].value == 69);
  CHECK(read_all(*journal));
  CHECK(journal->verify_all());
}

TEST_CASE("a first group that is larger than a segment makes the first segment larger") {
  JournalWorld world;
  {
    const auto journal = world.must_open();
    append(*journal, 64);
    CHECK(list_journal_folder(world.folder())->segments.size() == 1);
  }
  check_whole(world, 64);
}

TEST_CASE("a journal that is open cannot be opened or checked by another") {
  JournalWorld world;
  world.make(1);
  const auto journal = world.must_open();
  CHECK(world.open_error().code == Errc::already_exists);
  CHECK(mentions(world.open_error(), world.folder().string()));
  CHECK(check_journal(world.folder(), partition).error().code == Errc::already_exists);
}

TEST_CASE("a journal is kept from others from before it is opened") {
  JournalWorld world;
  world.make(1);
  auto lock = lock_journal(world.folder());
  REQUIRE(lock);
  CHECK(world.open_error().code == Errc::already_exists);
  const auto journal = SegmentJournal::open(*std::move(lock), partition, world.clock);
  REQUIRE(journal);
  CHECK((*journal)->head().value == 1);
  CHECK(lock_journal(world.folder()).error().code == Errc::already_exists);
}

TEST_CASE("another partition's journal is refused") {
  JournalWorld world;
  world.make(1);
  const Error error = world.open_error(PartitionId{4});
  CHECK(error.code == Errc::invalid_argument);
  CHECK(mentions(error, "partition 3"));
  check_whole(world, 1);
}

TEST_CASE("a segment size below the minimum is refused") {
  JournalWorld world;
  const auto journal = SegmentJournal::open(world.folder(), partition, world.clock,
                                            {.segment_bytes = segment_bytes_min - 1, .tail_bytes_max = 0});
  REQUIRE(!journal);
  CHECK(journal.error().code == Errc::invalid_argument);
}

TEST_CASE("a folder without a parent is refused with its name") {
  ManualClock clock{{1}};
  TemporaryFolder root;
  const auto journal = SegmentJournal::open(root.path() / "a" / "b", partition, clock);
  REQUIRE(!journal);
  CHECK(journal.error().code == Errc::io);
  CHECK(mentions(journal.error(), (root.path() / "a" / "b").string()));
}

TEST_CASE("files are for their owner only") {
  JournalWorld world;
  world.make(1);
  namespace fs = std::filesystem;
  CHECK(fs::status(world.folder()).permissions() == fs::perms::owner_all);
  for (const auto& entry : fs::directory_iterator(world.folder()))
    CHECK(entry.status().permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("more readers at different places than are remembered still read right") {
  JournalWorld world;
  world.make(60);
  const auto journal = world.must_open();
  for (std::uint64_t round = 0; round < 3; ++round)
    for (std::uint64_t reader = 0; reader < journal_cursors_max + 3; ++reader) {
      const std::uint64_t from = reader * 5 + round;
      const auto records = journal->read({from}, 0);
      REQUIRE(records);
      REQUIRE(records->size() == 1);
      CHECK(records->front().ordinal.value == from);
      CHECK(records->front().sealed == sealed(from));
    }
}

// While it lives, the process cannot write behind this place of any file.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_) == 0);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int) = nullptr;
};

TEST_CASE("after a failed write nothing is accepted, readers go on, and opening again repairs") {
  JournalWorld world;
  {
    const auto journal = world.must_open();
    append(*journal, 2);
    Result<Appended> failed = Appended{};
    {
      const FileSizeLimit limit(segment_header_bytes + 2 * (frame_header_bytes + record_bytes) + 100);
      failed = journal->append(std::vector<Bytes>{sealed(2), sealed(3)});
    }
    REQUIRE(!failed);
    CHECK(failed.error().code == Errc::io);
    CHECK(mentions(failed.error(), segment_name({0})));

    const auto later = journal->append(std::vector<Bytes>{sealed(2)});
    REQUIRE(!later);
    CHECK(later.error().code == Errc::stopped);
    CHECK(mentions(later.error(), failed.error().message));
    CHECK(journal->head().value == 2);
    CHECK(read_all(*journal));
  }
  check_whole(world, 2);
}

TEST_CASE("a full disk is told apart from other failures") {
  CHECK(system_error("write", "f", ENOSPC).code == Errc::disk_full);
  CHECK(system_error("write", "f", EDQUOT).code == Errc::disk_full);
  CHECK(system_error("write", "f", EIO).code == Errc::io);
  CHECK(mentions(system_error("write", "/data/f", EIO), "write /data/f"));
}

}  // namespace
}  // namespace florin
