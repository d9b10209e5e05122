#include "engine/journal/journal_copy.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace florin {
namespace {

constexpr std::size_t read_bytes_max = 4u << 20;  // at once, and about as much in a group

tl::unexpected<Error> another_journal(const std::string& what) {
  return fail(
      Errc::already_exists,
      what + "; a copy goes only into an empty journal, or goes on where a copy of the same one ended");
}

// Records [from, end) of a journal one by one, read many at once.
class Records {
 public:
  Records(const Journal& journal, Ordinal from, Ordinal end) : journal_(journal), next_(from), end_(end) {}
  bool more() const { return next_ < end_; }
  Result<JournalRecord> next() {
    if (taken_ == held_.size()) {
      FLORIN_TRY_ASSIGN(held_, journal_.read(next_, read_bytes_max));
      taken_ = 0;
      FLORIN_ASSERT(!held_.empty() && held_.front().ordinal == next_);
    }
    next_ = {next_.value + 1};
    return std::move(held_[taken_++]);
  }

 private:
  const Journal& journal_;
  Ordinal next_;
  const Ordinal end_;
  std::vector<JournalRecord> held_{};
  std::size_t taken_ = 0;
};

}  // namespace

JournalCopy::JournalCopy(const Journal& from, const Journal& to, Append append)
    : from_(from), to_(to), append_(std::move(append)), end_(from.head()), there_(to.head()) {}

JournalRecord JournalCopy::stamped(JournalRecord record) {
  last_ = record.stamp = std::max(last_, record.stamp);
  return record;
}

Result<void> JournalCopy::compare(const Advance& advance) {
  if (there_ > end_)
    return another_journal("the journal to copy into has " + to_string(there_) +
                           " records, and the one to copy from has " + to_string(end_));
  Records wanted(from_, {0}, there_), found(to_, {0}, there_);
  while (wanted.more()) {
    FLORIN_TRY_ASSIGN(JournalRecord source, wanted.next());
    FLORIN_TRY_ASSIGN(const JournalRecord copied, found.next());
    source = stamped(std::move(source));
    if (copied.sealed != source.sealed || copied.stamp != source.stamp)
      return another_journal("record " + to_string(source.ordinal) + " of the journal to copy into has " +
                             (copied.sealed != source.sealed ? "other bytes" : "another stamp") +
                             " than that of the one to copy from");
    advance(1);
  }
  return {};
}

Result<void> JournalCopy::copy(const Advance& advance) {
  Records records(from_, there_, end_);
  std::vector<JournalRecord> group;
  std::size_t bytes = 0;
  while (records.more()) {
    FLORIN_TRY_ASSIGN(JournalRecord record, records.next());
    bytes += record.sealed.size();
    group.push_back(stamped(std::move(record)));
    if (records.more() && group.size() < append_group_records_max && bytes < read_bytes_max) continue;
    FLORIN_TRY(append_(group));
    advance(group.size());
    group.clear();
    bytes = 0;
  }
  return {};
}

}  // namespace florin
