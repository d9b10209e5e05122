#include "engine/journal/kafka_cursors.hpp"

#include <algorithm>

namespace florin {

// The cursor that stands there, else a new one, else the one that was not used for the longest time.
Result<std::list<KafkaCursors::Cursor>> KafkaCursors::take(std::uint64_t from, kafka::Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!returned_.wait_until(lock, deadline, [&] { return busy_ < cursors_max_; }))
    return fail(Errc::io, "too many read old records of " + kafka::to_string(partition_) + " at once");
  std::list<Cursor> taken;
  auto found = std::find_if(idle_.begin(), idle_.end(), [&](const Cursor& one) { return one.next == from; });
  if (found == idle_.end() && busy_ + idle_.size() == cursors_max_) found = idle_.begin();
  if (found == idle_.end()) taken.emplace_back();
  else taken.splice(taken.begin(), idle_, found);
  ++busy_;
  return taken;
}

void KafkaCursors::give_back(std::list<Cursor> cursor) {
  {
    const std::lock_guard lock(mutex_);
    if (cursor.front().reader) idle_.splice(idle_.end(), cursor);
    --busy_;
  }
  returned_.notify_one();
}

Result<void> KafkaCursors::place(Cursor& cursor, std::uint64_t from, kafka::Deadline deadline) const {
  if (cursor.started && cursor.next == from) return {};
  if (!cursor.reader) {
    FLORIN_TRY_ASSIGN(cursor.reader,
                      kafka::Reader::open(connection_, partition_, deadline, kafka::Reads::anywhere));
  }
  cursor.held.reset();
  cursor.next = from;
  FLORIN_TRY(cursor.reader->start(from));
  cursor.started = true;
  return {};
}

Result<std::vector<kafka::Message>> KafkaCursors::read_on(Cursor& cursor, std::uint64_t end,
                                                          std::size_t bytes_max,
                                                          kafka::Deadline deadline) const {
  std::vector<kafka::Message> out;
  std::size_t bytes_left = bytes_max;
  for (; cursor.next < end; ++cursor.next) {
    if (!cursor.held) {
      FLORIN_TRY_ASSIGN(cursor.held, cursor.reader->next(deadline));
    }
    if (!cursor.held)
      return fail(Errc::io, "the brokers did not give record " + std::to_string(cursor.next) + " of " +
                                kafka::to_string(partition_) + " in time");
    if (!out.empty()) {
      if (cursor.held->value().size() > bytes_left) break;
      bytes_left -= cursor.held->value().size();
    }
    out.push_back(*std::move(cursor.held));
    cursor.held.reset();
  }
  // Where there is no more it would ask the broker again and again.
  if (cursor.next == end) cursor.reader->stop();
  cursor.started = cursor.next != end;
  return out;
}

Result<std::vector<kafka::Message>> KafkaCursors::read(std::uint64_t from, std::uint64_t end,
                                                       std::size_t bytes_max, kafka::Deadline deadline) {
  FLORIN_TRY_ASSIGN(std::list<Cursor> taken, take(from, deadline));
  Cursor& cursor = taken.front();
  const auto read = [&]() -> Result<std::vector<kafka::Message>> {
    FLORIN_TRY(place(cursor, from, deadline));
    return read_on(cursor, end, bytes_max, deadline);
  };
  auto messages = read();
  if (!messages) cursor = Cursor{};  // where it stands is not known
  give_back(std::move(taken));
  return messages;
}

}  // namespace florin
