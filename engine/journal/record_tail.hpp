// The newest records of a journal in memory, so that a reader that keeps up never touches the disk. One
// thread adds, any thread reads; bounded by the bytes of the sealed records.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/journal/journal.hpp"

namespace florin {

using JournalRecordPtr = std::shared_ptr<const JournalRecord>;

class RecordTail {
 public:
  explicit RecordTail(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Adds the next record in order and drops the oldest ones over the bound; the newest always stays.
  void push(JournalRecordPtr record);
  // Records in [from, end) by the rule of Journal::read; empty when `from` is no longer, or not yet, here.
  std::vector<JournalRecordPtr> read(Ordinal from, Ordinal end, std::size_t bytes_max) const;

 private:
  const std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::deque<JournalRecordPtr> records_;  // consecutive ordinals
  std::size_t bytes_ = 0;
};

}  // namespace florin
