// A segment journal in a temporary folder, with small segments, and the means to damage its files.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>

#include "engine/clock/manual_clock.hpp"
#include "engine/journal/segment_journal.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin::test {

inline constexpr PartitionId partition{3};
inline constexpr std::size_t record_bytes =
    60;  // seven records with their frame headers fill a segment of 1 KiB

inline Bytes sealed(std::uint64_t number, std::size_t size = record_bytes) {
  Bytes bytes(size, static_cast<std::uint8_t>(number + 1));
  bytes[0] = static_cast<std::uint8_t>(number >> 8);
  return bytes;
}

inline Bytes read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

inline void write_file(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// A copy of all files of a journal, to be put back as often as needed.
class Files {
 public:
  explicit Files(std::filesystem::path folder) : folder_(std::move(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      files_.emplace_back(entry.path().filename().string(), read_file(entry.path()));
    std::sort(files_.begin(), files_.end());
  }
  void restore() const {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    for (const auto& [name, bytes] : files_) write_file(folder_ / name, bytes);
  }
  Bytes& operator[](std::string_view name) {
    for (auto& [known, bytes] : files_)
      if (known == name) return bytes;
    return files_.emplace_back(name, Bytes{}).second;
  }
  void remove(std::string_view name) {
    std::erase_if(files_, [name](const auto& file) { return file.first == name; });
  }
  friend bool operator==(const Files& a, const Files& b) { return a.files_ == b.files_; }

 private:
  std::filesystem::path folder_;
  std::vector<std::pair<std::string, Bytes>> files_;
};

// Where a test that opens a journal a thousand times does not wait for a thousand real syncs.
inline std::filesystem::path fast_folder() {
  const std::filesystem::path in_memory = "/dev/shm";
  return ::access(in_memory.c_str(), W_OK) == 0 ? in_memory : std::filesystem::temp_directory_path();
}

class JournalWorld {
 public:
  ManualClock clock{Timestamp{1'700'000'000'000'000'000}};

  std::filesystem::path folder() const { return root_.path() / "journal"; }
  Result<std::unique_ptr<SegmentJournal>> open(PartitionId of = partition) const {
    // Without a tail, reads come from the disk.
    return SegmentJournal::open(folder(), of, clock,
                                {.segment_bytes = segment_bytes_min, .tail_bytes_max = 0});
  }
  std::unique_ptr<SegmentJournal> must_open() const {
    auto journal = open();
    REQUIRE_MESSAGE(journal, (journal ? "" : journal.error().message));
    return *std::move(journal);
  }
  Error open_error(PartitionId of = partition) const {
    const auto journal = open(of);
    REQUIRE(!journal);
    return journal.error();
  }
  // Makes a journal of `count` records, each a group of its own, and closes it.
  void make(std::uint64_t count) const {
    const auto journal = must_open();
    for (std::uint64_t i = 0; i < count; ++i) REQUIRE(journal->append(std::vector<Bytes>{sealed(i)}));
  }

 private:
  TemporaryFolder root_{fast_folder()};
};

inline void append(SegmentJournal& journal, std::size_t count) {
  std::vector<Bytes> group;
  for (std::size_t i = 0; i < count; ++i) group.push_back(sealed(journal.head().value + i));
  const auto appended = journal.append(group);
  REQUIRE_MESSAGE(appended, (appended ? "" : appended.error().message));
}

// Every record up to the head is there and right; the first thing wrong, else.
inline Result<void> read_all(const SegmentJournal& journal) {
  const std::uint64_t head = journal.head().value;
  for (std::uint64_t next = 0; next < head;) {
    FLORIN_TRY_ASSIGN(const std::vector<JournalRecord> records, journal.read({next}, 300));
    for (const JournalRecord& record : records) {
      REQUIRE(record.ordinal.value == next);
      REQUIRE(record.sealed == sealed(next));
      ++next;
    }
  }
  return {};
}

// The journal holds exactly `count` right records and takes more.
inline void check_whole(const JournalWorld& world, std::uint64_t count) {
  {
    const auto journal = world.must_open();
    REQUIRE(journal->head().value == count);
    REQUIRE(read_all(*journal));
    append(*journal, 2);
  }
  const auto journal = world.must_open();
  REQUIRE(journal->head().value == count + 2);
  REQUIRE(read_all(*journal));
  REQUIRE(journal->verify_all());
}

inline bool mentions(const Error& error, std::string_view text) {
  return error.message.find(text) != std::string::npos;
}

}  // namespace florin::test
