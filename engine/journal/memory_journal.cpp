#include "engine/journal/memory_journal.hpp"

#include <algorithm>

namespace florin {

Result<Appended> MemoryJournal::append(std::span<const Bytes> sealed_records) {
  if (head_.stopped()) return fail(Errc::stopped, "the journal in memory is stopped; nothing was accepted");
  FLORIN_TRY(check_group(sealed_records));
  const std::lock_guard lock(mutex_);
  last_stamp_ = std::max(last_stamp_, clock_.now());
  const Ordinal first{records_.size()};
  for (const Bytes& sealed : sealed_records)
    records_.push_back(
        std::make_shared<JournalRecord>(JournalRecord{Ordinal{records_.size()}, last_stamp_, sealed}));
  head_.raise(records_.size());
  return Appended{first, last_stamp_};
}

Result<std::vector<JournalRecord>> MemoryJournal::read(Ordinal from, std::size_t bytes_max) const {
  const Ordinal end = head();
  FLORIN_TRY(check_read_from(from, end));
  std::vector<JournalRecord> out;
  std::size_t bytes_left = bytes_max;
  const std::lock_guard lock(mutex_);
  for (std::uint64_t ordinal = from.value; ordinal < end.value; ++ordinal) {
    const JournalRecord& record = *records_[ordinal];
    if (!out.empty()) {
      if (record.sealed.size() > bytes_left) break;
      bytes_left -= record.sealed.size();
    }
    out.push_back(record);
  }
  return out;
}

}  // namespace florin
