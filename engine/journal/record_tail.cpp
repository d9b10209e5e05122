#include "engine/journal/record_tail.hpp"

#include "engine/base/assert.hpp"

namespace florin {

void RecordTail::push(JournalRecordPtr record) {
  const std::lock_guard lock(mutex_);
  FLORIN_ASSERT(records_.empty() || record->ordinal.value == records_.back()->ordinal.value + 1);
  bytes_ += record->sealed.size();
  records_.push_back(std::move(record));
  while (bytes_ > bytes_max_ && records_.size() > 1) {
    bytes_ -= records_.front()->sealed.size();
    records_.pop_front();
  }
}

std::vector<JournalRecordPtr> RecordTail::read(Ordinal from, Ordinal end, std::size_t bytes_max) const {
  std::vector<JournalRecordPtr> out;
  const std::lock_guard lock(mutex_);
  if (records_.empty() || from < records_.front()->ordinal) return out;
  std::size_t bytes_left = bytes_max;
  for (std::size_t i = from.value - records_.front()->ordinal.value; i < records_.size(); ++i) {
    if (records_[i]->ordinal >= end) break;
    if (!out.empty()) {
      if (records_[i]->sealed.size() > bytes_left) break;
      bytes_left -= records_[i]->sealed.size();
    }
    out.push_back(records_[i]);
  }
  return out;
}

}  // namespace florin
