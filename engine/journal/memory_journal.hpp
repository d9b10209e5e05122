// The journal in memory: for tests and simulation, and the plainest statement of what the port means. Nothing
// of it survives the process. Threads and errors as in the port, but several gateways may append, as to a
// broker's topic.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "engine/clock/clock.hpp"
#include "engine/journal/journal.hpp"
#include "engine/journal/watermark.hpp"

namespace florin {

class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(const Clock& clock) : clock_(clock) {}

  Result<Appended> append(std::span<const Bytes> sealed_records) override;
  Result<std::vector<JournalRecord>> read(Ordinal from, std::size_t bytes_max) const override;
  Ordinal head() const override { return {head_.value()}; }
  bool wait_beyond(Ordinal ordinal, Deadline deadline) const override {
    return head_.wait_beyond(ordinal.value, deadline);
  }
  void stop() override { head_.stop(); }

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  Timestamp last_stamp_;                                       // guarded by mutex_
  std::vector<std::shared_ptr<const JournalRecord>> records_;  // index = ordinal; guarded by mutex_
  Watermark head_{0};
};

}  // namespace florin
