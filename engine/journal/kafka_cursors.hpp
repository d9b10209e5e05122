// Reads of a topic at any place, for what is no longer in memory. A few places are kept open, so that who
// reads on from where the last read ended pays for no new search. Any thread.
#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <vector>

#include "engine/kafka/reader.hpp"

namespace florin {

class KafkaCursors {
 public:
  KafkaCursors(kafka::Connection connection, kafka::Partition partition, std::size_t cursors_max)
      : connection_(std::move(connection)), partition_(std::move(partition)), cursors_max_(cursors_max) {}

  // Records in [from, end), which must have been appended: at least one, at most `bytes_max` of their bytes
  // beyond the first. Errors: those of kafka::Reader, and io when the brokers do not give one until the
  // deadline.
  Result<std::vector<kafka::Message>> read(std::uint64_t from, std::uint64_t end, std::size_t bytes_max,
                                           kafka::Deadline deadline);

 private:
  struct Cursor {
    std::unique_ptr<kafka::Reader> reader{};  // none before its first use, and after an error
    std::uint64_t next = 0;                   // the record that it gives next
    bool started = false;                     // reads ahead from there
    std::optional<kafka::Message> held{};     // that record, where it was read already
  };

  Result<std::list<Cursor>> take(std::uint64_t from, kafka::Deadline deadline);
  void give_back(std::list<Cursor> cursor);
  Result<void> place(Cursor& cursor, std::uint64_t from, kafka::Deadline deadline) const;
  Result<std::vector<kafka::Message>> read_on(Cursor& cursor, std::uint64_t end, std::size_t bytes_max,
                                              kafka::Deadline deadline) const;

  const kafka::Connection connection_;
  const kafka::Partition partition_;
  const std::size_t cursors_max_;

  std::mutex mutex_;
  std::condition_variable returned_;
  std::list<Cursor> idle_;  // the one used last comes last; guarded by mutex_, as the next
  std::size_t busy_ = 0;
};

}  // namespace florin
