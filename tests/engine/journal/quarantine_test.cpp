// The list of records that are passed over, and how a segment journal reads them.
#include "engine/journal/quarantine.hpp"

#include "engine/base/hash.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "engine/keyring/private_file.hpp"
#include "tests/engine/journal/journal_world.hpp"

namespace florin::test {
namespace {

struct Lists {
  Lists() { REQUIRE(keyring.create(KeyPurpose::operator_signing).has_value()); }
  Result<void> write(const Quarantine& list) { return write_quarantine(file, partition, list, keyring); }
  Result<Quarantine> read(PartitionId of = partition) { return read_quarantine(file, of, keyring); }

  TemporaryFolder folder{};
  std::filesystem::path file = folder.path() / "list";
  MemoryKeyring keyring{};
};

Quarantine one_of(Ordinal ordinal, const std::string& reason = "the disk lost it") {
  return {{ordinal, {blake2b(Bytes{1, 2, 3}), {1'700'000'000'000'000'000}, reason}}};
}

}  // namespace

TEST_CASE("given a list, when it is written and read, then it is the same; without a file it is empty") {
  Lists lists;
  CHECK(lists.read().value().empty());
  Quarantine list = one_of({5});
  list.merge(one_of({70}, "a second reason, with  spaces"));
  REQUIRE(lists.write(list).has_value());
  CHECK(lists.read().value() == list);
  REQUIRE(lists.keyring.create(KeyPurpose::operator_signing).has_value());
  CHECK(lists.read().value() == list);  // an older key still counts
}

TEST_CASE("given a list that was changed, of another keyring or of another partition, then it is refused") {
  Lists lists;
  REQUIRE(lists.write(one_of({5})).has_value());
  CHECK(lists.read({9}).error().code == Errc::invalid_argument);
  std::string note = read_private_file(lists.file, 4096).value();
  note[note.find("\n5 ") + 1] = '6';
  REQUIRE(write_private_file(lists.file, note).has_value());
  CHECK(lists.read().error().code == Errc::corrupt);
  Lists other;
  REQUIRE(other.write(one_of({5})).has_value());
  CHECK(read_quarantine(other.file, partition, lists.keyring).error().code == Errc::corrupt);
}

TEST_CASE("given a reason that is none, or too many records, then nothing is written") {
  Lists lists;
  for (const auto& reason : {std::string(), std::string("two\nlines"), std::string(201, 'x')})
    CHECK(lists.write(one_of({5}, reason)).error().code == Errc::invalid_argument);
  Quarantine many;
  for (std::uint64_t i = 0; i <= quarantined_max; ++i) many.merge(one_of({i}));
  CHECK(lists.write(many).error().code == Errc::invalid_argument);
  CHECK_FALSE(std::filesystem::exists(lists.file));
}

// The journal has 16 records in three segments, 0 and 7 closed, 14 with two records; one byte of `ordinal`'s
// record is flipped.
TEST_CASE(
    "given a record with a flipped byte, wherever it stands, then it is found as it is, and in quarantine it "
    "is read so while the records around it stay verified") {
  JournalWorld world;
  world.make(16);
  Files files(world.folder());
  for (const auto& [segment, ordinal] :
       {std::pair<std::uint64_t, std::uint64_t>{0, 6}, {7, 7}, {7, 9}, {14, 14}, {14, 15}}) {
    CAPTURE(ordinal);
    const std::size_t at = segment_header_bytes + (ordinal - segment) * (frame_header_bytes + record_bytes) +
                           frame_header_bytes + 30;
    files[segment_name({segment})][at] ^= 1;
    files.restore();
    const FoundRecord found = find_record(world.folder(), partition, {ordinal}).value();
    CHECK(found.altered);
    Bytes expected = sealed(ordinal);
    expected[30] ^= 1;
    CHECK(found.sealed == expected);

    const Quarantine list{{{ordinal}, {blake2b(found.sealed), {}, "why"}}};
    CHECK_FALSE(check_journal(world.folder(), partition).has_value());
    CHECK(check_journal(world.folder(), partition, list).has_value());
    {
      const auto journal =
          SegmentJournal::open(world.folder(), partition, world.clock,
                               {.segment_bytes = segment_bytes_min, .tail_bytes_max = 0, .quarantine = list})
              .value();
      const auto records = journal->read({0}, ~std::size_t{0}).value();
      REQUIRE(records.size() == 16);
      for (const JournalRecord& record : records)
        CHECK(record.sealed == (record.ordinal.value == ordinal ? expected : sealed(record.ordinal.value)));
      CHECK(journal->verify_all().has_value());
      append(*journal, 1);
    }
    // Other bytes than those in quarantine are refused as before.
    files[segment_name({segment})][at + 1] ^= 1;
    files.restore();
    CHECK_FALSE(check_journal(world.folder(), partition, list).has_value());
    files[segment_name({segment})][at] ^= 1;
    files[segment_name({segment})][at + 1] ^= 1;
  }
}

TEST_CASE("given a whole record, one that is not there, or a broken frame, then finding it says so") {
  JournalWorld world;
  world.make(16);
  Files files(world.folder());
  const FoundRecord whole = find_record(world.folder(), partition, {9}).value();
  CHECK_FALSE(whole.altered);
  CHECK(whole.sealed == sealed(9));
  CHECK(find_record(world.folder(), partition, {16}).error().code == Errc::invalid_argument);
  files[segment_name({7})][segment_header_bytes + 3] ^= 1;
  files.restore();
  const auto broken = find_record(world.folder(), partition, {7});
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().code == Errc::corrupt);
  CHECK(mentions(broken.error(), "record 7 is damaged"));
}

}  // namespace florin::test
