// Copies a journal into another one, record by record: the sealed bytes as they are, at the same ordinals,
// with the same stamps. Goes only into an empty journal, or goes on where an earlier copy of the same one has
// ended.
//
// Where stamps go back, as those of brokers may, the copy has the largest one so far. That changes no
// decision: engine time is max(previous + 1, stamp), every record has an event, and so the previous one is
// not less than any earlier stamp.
#pragma once

#include <functional>

#include "engine/journal/journal.hpp"

namespace florin {

class JournalCopy {
 public:
  // Appends them to the journal that is copied to, as the adapter does it.
  using Append = std::function<Result<void>(std::span<const JournalRecord>)>;
  using Advance = std::function<void(std::uint64_t records)>;  // how many more are done

  // Both journals outlive it; nobody else appends to `to` meanwhile. What is copied ends at the head of
  // `from` as it is now.
  JournalCopy(const Journal& from, const Journal& to, Append append);

  std::uint64_t records() const { return end_.value; }
  std::uint64_t already_there() const { return there_.value; }

  // Whether every record that is there already is that of the source: bytes and stamp. Errors: already_exists
  // (names the first record that is not), and those of read().
  Result<void> compare(const Advance& advance);

  // Copies the rest; after compare(). Errors: those of read() and of the append. It can be begun again.
  Result<void> copy(const Advance& advance);

 private:
  JournalRecord stamped(JournalRecord record);

  const Journal& from_;
  const Journal& to_;
  const Append append_;
  const Ordinal end_, there_;
  Timestamp last_{};  // of the record before the next one, in the copy
};

}  // namespace florin
