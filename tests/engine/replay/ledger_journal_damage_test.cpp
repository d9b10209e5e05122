// A journal of 200 records of a ledger on disk: each of its bytes flipped, and its last two records cut at
// each byte. What is wrong is found, or it is harmless: then every record is what it was, and so is every
// balance.
#include <cstdlib>

#include "engine/journal/segment_journal.hpp"
#include "engine/replay/replay.hpp"
#include "tests/engine/journal/journal_world.hpp"
#include "tests/support/partition_rig.hpp"

namespace florin::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t records_in_all = 200;

// Every byte with FLORIN_EVERY_BYTE=1, else every so many, from another one on in each run of a file.
std::size_t stride() {
  const char* every = std::getenv("FLORIN_EVERY_BYTE");  // NOLINT(concurrency-mt-unsafe): one thread
  return every != nullptr && std::string_view(every) == "1" ? 1 : 7;
}

struct LedgerJournal {
  LedgerJournal() {
    run.open_book_with_robot();
    run.appender.append({{by_client(), CreateAccounts{{account(1), account(2), account(3)}}}});
    for (u128 id = 1; run.journal.head().value < records_in_all; ++id) {
      run.clock.advance_ns(1000);
      run.appender.append({{by_client(), CreateTransfers{{transfer(id, 1 + id % 3, 1 + (id + 1) % 3, id)}}}});
    }
    run.step();
    const auto journal = must_open();
    originals = run.journal.read({0}, ~std::size_t{0}).value();
    for (const JournalRecord& record : originals) {
      if (record.ordinal.value == records_in_all - 2) head_before = test::read_file(folder / head_mark_name);
      REQUIRE(journal->append(std::span(&record.sealed, 1)).has_value());
    }
    REQUIRE(originals.size() == records_in_all);
  }
  Result<std::unique_ptr<SegmentJournal>> open() const {
    return SegmentJournal::open(folder, partition, run.clock,
                                {.segment_bytes = 1u << 14, .tail_bytes_max = 0});
  }
  std::unique_ptr<SegmentJournal> must_open() const {
    auto opened = open();
    REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().message));
    return *std::move(opened);
  }
  // Whether the journal opens and gives all it has, which are then the first of the original records.
  bool gives_only_originals(std::uint64_t at_least) const {
    const auto journal = open();
    if (!journal) {
      CHECK(!journal.error().message.empty());
      return false;
    }
    REQUIRE((*journal)->head().value >= at_least);
    const auto records = (*journal)->read({0}, ~std::size_t{0});
    if (!records || records->size() < (*journal)->head().value) return false;
    for (std::size_t i = 0; i < records->size(); ++i) REQUIRE((*records)[i].sealed == originals[i].sealed);
    return true;
  }
  Hash256 replayed() const {
    const auto journal = must_open();
    const auto report = replay::run(*journal, run.envelope, MemoryEventLog(), partition, [](Ordinal) {});
    REQUIRE(report.has_value());
    return report->digest.hash;
  }
  std::vector<std::pair<fs::path, Bytes>> files() const {
    std::vector<std::pair<fs::path, Bytes>> out;
    for (const auto& entry : fs::directory_iterator(folder))
      out.emplace_back(entry.path(), test::read_file(entry.path()));
    std::sort(out.begin(), out.end());
    return out;
  }

  Partition run{};
  test::TemporaryFolder root{test::fast_folder()};
  fs::path folder = root.path() / "journal";
  std::vector<JournalRecord> originals{};
  Bytes head_before{};  // the head mark when the last two records were not there
};

}  // namespace

TEST_CASE(
    "given a journal of 200 records, when any byte is flipped, then it is found, or every record is the "
    "same") {
  const LedgerJournal ledger;
  const Hash256 whole = ledger.replayed();
  std::size_t found = 0, harmless = 0;
  const auto files = ledger.files();
  for (const auto& [path, bytes] : files) {
    CAPTURE(path.string());
    for (std::size_t at = bytes.size() % stride(); at < bytes.size(); at += stride()) {
      CAPTURE(at);
      Bytes changed = bytes;
      changed[at] ^= 0x04;
      test::write_file(path, changed);
      if (ledger.gives_only_originals(records_in_all)) ++harmless;
      else ++found;
      for (const auto& [file, content] : files) test::write_file(file, content);
    }
  }
  CHECK(found > 1000 / stride());
  CHECK(harmless > 0);
  CHECK(ledger.replayed() == whole);
  MESSAGE("flipped bytes found: " << found << ", harmless: " << harmless);
}

TEST_CASE(
    "given a journal that is cut at any byte of its last two records, then they are refused as missing where "
    "they "
    "were acknowledged, and cut back to the last whole one where they were not") {
  const LedgerJournal ledger;
  const Hash256 whole = ledger.replayed();
  auto files = ledger.files();
  std::erase_if(files, [](const auto& file) { return file.first.extension() != ".segment"; });
  const auto& [path, bytes] = files.back();
  const Bytes head = test::read_file(ledger.folder / head_mark_name);
  std::size_t end = bytes.size();
  while (bytes[end - 1] == 0) --end;
  const std::size_t last = end - ledger.originals.back().sealed.size() - frame_header_bytes;
  const std::size_t begin = last - ledger.originals[records_in_all - 2].sealed.size() - frame_header_bytes;
  for (std::size_t cut = begin; cut < end; ++cut) {
    CAPTURE(cut);
    Bytes torn = bytes;
    std::fill(torn.begin() + static_cast<std::ptrdiff_t>(cut), torn.end(), std::uint8_t{0});
    test::write_file(path, torn);
    test::write_file(ledger.folder / head_mark_name, head);
    CHECK_FALSE(ledger.gives_only_originals(records_in_all));
    test::write_file(path, torn);
    test::write_file(ledger.folder / head_mark_name, ledger.head_before);
    REQUIRE(ledger.gives_only_originals(records_in_all - 2));
    CHECK(ledger.must_open()->head().value == (cut < last ? records_in_all - 2 : records_in_all - 1));
  }
  test::write_file(path, bytes);
  test::write_file(ledger.folder / head_mark_name, ledger.head_before);
  CHECK(ledger.gives_only_originals(records_in_all));
  CHECK(ledger.replayed() == whole);
}

}  // namespace florin::testing
