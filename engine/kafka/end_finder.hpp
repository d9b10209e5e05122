// Finds where a partition ends, by a connection of its own that is kept. Any thread; those who ask at once
// share an answer.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "engine/kafka/reader.hpp"

namespace florin::kafka {

class EndFinder {
 public:
  EndFinder(Connection connection, Partition partition)
      : connection_(std::move(connection)), partition_(std::move(partition)) {}

  // The offset behind everything that was appended before the call. Errors: io, and those of Reader::open.
  Result<std::uint64_t> find(Deadline deadline);

 private:
  Result<std::uint64_t> ask(Deadline deadline);

  const Connection connection_;
  const Partition partition_;

  // Questions are numbered, and one is under way at a time.
  std::mutex mutex_;
  std::condition_variable answered_;
  std::unique_ptr<Reader> reader_{};  // of who asks
  bool asking_ = false;               // guarded by mutex_, as the next
  std::uint64_t asked_ = 0, answer_ = 0, answer_of_ = 0;
};

}  // namespace florin::kafka
