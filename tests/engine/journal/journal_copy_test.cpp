// A copied journal has the same records at the same ordinals with the same stamps, wherever it was
// interrupted.
#include "engine/journal/journal_copy.hpp"

#include <doctest/doctest.h>

#include "tests/engine/journal/journal_world.hpp"

namespace florin {
namespace {

constexpr std::size_t everything = 1u << 30;

// A source whose stamps are those of brokers: they may go back.
class StampedJournal final : public Journal {
 public:
  void add(std::uint64_t stamp, Bytes sealed) {
    records_.push_back({{records_.size()}, {stamp}, std::move(sealed)});
  }
  Result<Appended> append(std::span<const Bytes>) override { return fail(Errc::stopped, "nothing is added"); }
  Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t) const override {
    return std::vector<JournalRecord>(records_.begin() + static_cast<std::ptrdiff_t>(from.value),
                                      records_.end());
  }
  Ordinal head() const override { return {records_.size()}; }
  bool wait_beyond(Ordinal, Deadline) const override { return false; }
  void stop() override {}

 private:
  std::vector<JournalRecord> records_;
};

class Target {
 public:
  void reopen() {
    journal_.reset();
    journal_ = world_.must_open();
  }
  SegmentJournal& journal() { return *journal_; }
  JournalCopy copy_from(const Journal& source) {
    return {source, *journal_, [this](auto records) -> Result<void> {
              if (groups_left == 0) return fail(Errc::io, "the power is gone");
              --groups_left;
              return journal_->append_copied(records);
            }};
  }
  std::vector<std::pair<std::uint64_t, Bytes>> records() const {
    std::vector<std::pair<std::uint64_t, Bytes>> out;
    for (Ordinal next{0}; next < journal_->head();) {
      const auto read = journal_->read(next, everything);
      REQUIRE(read);
      for (const JournalRecord& record : *read) {
        CHECK(record.ordinal == next);
        out.emplace_back(record.stamp.value, record.sealed);
        next = {next.value + 1};
      }
    }
    return out;
  }
  std::uint64_t groups_left = 1'000'000;

 private:
  test::JournalWorld world_{};
  std::unique_ptr<SegmentJournal> journal_ = world_.must_open();
};

Result<void> run(JournalCopy copy) {
  FLORIN_TRY(copy.compare([](std::uint64_t) {}));
  return copy.copy([](std::uint64_t) {});
}

StampedJournal source_of(std::uint64_t records, std::uint64_t first_byte = 0) {
  StampedJournal source;
  for (std::uint64_t i = 0; i < records; ++i) source.add(1'000 + 7 * i, test::sealed(first_byte + i));
  return source;
}

}  // namespace

TEST_CASE(
    "given a journal, when it is copied, then bytes, ordinals and stamps are the same, also after a "
    "restart") {
  const StampedJournal source = source_of(200);
  Target target;
  JournalCopy copy = target.copy_from(source);
  std::uint64_t advanced = 0;
  REQUIRE(copy.compare([](std::uint64_t) { FAIL("there is nothing to compare"); }));
  REQUIRE(copy.copy([&](std::uint64_t records) { advanced += records; }));
  CHECK(copy.records() == 200);
  CHECK(advanced == 200);
  for (int restarts = 0; restarts < 2; ++restarts, target.reopen()) {
    const auto records = target.records();
    REQUIRE(records.size() == 200);
    for (std::uint64_t i = 0; i < 200; ++i)
      CHECK((records[i].first == 1'000 + 7 * i && records[i].second == test::sealed(i)));
  }
}

TEST_CASE("given a copy that ended anywhere, when it is run again, then it goes on there and is complete") {
  const StampedJournal source = source_of(300);
  Target whole;
  REQUIRE(run(whole.copy_from(source)));
  for (std::uint64_t groups = 0; groups < 5; ++groups) {
    Target target;
    target.groups_left = groups;
    CHECK(!run(target.copy_from(source)));
    CHECK(target.journal().head().value == 64 * groups);
    target.groups_left = 100;
    target.reopen();
    JournalCopy again = target.copy_from(source);
    CHECK(again.already_there() == 64 * groups);
    REQUIRE(run(again));
    CHECK(target.records() == whole.records());
    const auto head = target.journal().head();
    REQUIRE(run(target.copy_from(source)));
    CHECK(target.journal().head() == head);
  }
}

TEST_CASE("given a journal that is another one, or longer, when it is copied into, then nothing is written") {
  const StampedJournal source = source_of(10);
  const auto refused = [&](const StampedJournal& other, const std::string& said) {
    Target target;
    REQUIRE(run(target.copy_from(other)));
    const auto before = target.records();
    const auto copied = run(target.copy_from(source));
    REQUIRE(!copied);
    CHECK(copied.error().code == Errc::already_exists);
    CHECK_MESSAGE(copied.error().message.find(said) != std::string::npos, copied.error().message);
    CHECK(target.records() == before);
  };
  refused(source_of(11), "has 11 records");
  refused(source_of(3, 100), "record 0 of the journal to copy into has other bytes");
  StampedJournal later = source_of(4);
  later.add(999'999, test::sealed(4));
  refused(later, "record 4 of the journal to copy into has another stamp");
}

TEST_CASE(
    "given stamps that go back, when the journal is copied, also in parts, then each is the largest so far") {
  StampedJournal source;
  for (std::uint64_t i = 0; i < 200; ++i) source.add(i % 2 == 0 ? 5'000 + i : 4'000, test::sealed(i));
  Target target;
  target.groups_left = 1;
  CHECK(!run(target.copy_from(source)));
  target.groups_left = 100;
  REQUIRE(run(target.copy_from(source)));
  const auto records = target.records();
  REQUIRE(records.size() == 200);
  for (std::uint64_t i = 0; i < 200; ++i) CHECK(records[i].first == 5'000 + i - i % 2);
}

TEST_CASE(
    "given records that do not follow, when they are put into a segment journal, then it refuses them") {
  Target target;
  const auto append = [&](std::uint64_t ordinal, std::uint64_t stamp) {
    const JournalRecord record{{ordinal}, {stamp}, test::sealed(ordinal)};
    const auto appended = target.journal().append_copied({&record, 1});
    return appended ? "" : std::string(name(appended.error().code));
  };
  CHECK(append(1, 10) == "invalid_argument");
  CHECK(append(0, 10) == "");
  CHECK(append(0, 10) == "invalid_argument");
  CHECK(append(1, 9) == "invalid_argument");
  CHECK(append(1, 10) == "");
  CHECK(target.journal().append_copied({}).error().code == Errc::invalid_argument);
  CHECK(target.journal().head() == Ordinal{2});
}

}  // namespace florin
