// The records of a journal before one of them, as a journal of their own that nobody appends to: so that a
// replay ends where a snapshot was taken, while the journal itself grows. Any thread.
#pragma once

#include "engine/journal/journal.hpp"

namespace florin::replay {

class JournalPart final : public Journal {
 public:
  // `end` is not behind the journal's head. The journal outlives it.
  JournalPart(const Journal& journal, Ordinal end) : journal_(journal), end_(end) {}

  Result<Appended> append(std::span<const Bytes>) override {
    return fail(Errc::stopped, "a part of a journal takes no records");
  }
  Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t bytes_max) const override {
    FLORIN_TRY(check_read_from(from, end_));
    if (from == end_) return std::vector<JournalRecord>{};
    FLORIN_TRY_ASSIGN(auto records, journal_.read(from, bytes_max));
    while (!records.empty() && records.back().ordinal >= end_) records.pop_back();
    return records;
  }
  Ordinal head() const override { return end_; }
  bool wait_beyond(Ordinal ordinal, Deadline) const override { return ordinal < end_; }
  void stop() override {}

 private:
  const Journal& journal_;
  const Ordinal end_;
};

}  // namespace florin::replay
