#include "engine/kafka/end_finder.hpp"

namespace florin::kafka {

Result<std::uint64_t> EndFinder::find(Deadline deadline) {
  std::unique_lock lock(mutex_);
  const std::uint64_t before = asked_;
  // An answer to a question that was asked after this call began is new enough for it.
  if (!answered_.wait_until(lock, deadline, [&] { return !asking_ || answer_of_ > before; }))
    return fail(Errc::io, "the brokers did not say in time where " + to_string(partition_) +
                              " ends; see whether its leader is up");
  if (answer_of_ > before) return answer_;
  asking_ = true;
  const std::uint64_t number = ++asked_;
  lock.unlock();
  auto end = ask(deadline);
  lock.lock();
  asking_ = false;
  if (end) {
    answer_ = *end;
    answer_of_ = number;
  }
  lock.unlock();
  answered_.notify_all();
  return end;
}

Result<std::uint64_t> EndFinder::ask(Deadline deadline) {
  if (!reader_) {
    FLORIN_TRY_ASSIGN(reader_, Reader::open(connection_, partition_, deadline, Reads::anywhere));
  }
  auto end = reader_->find_end(deadline);
  if (!end) reader_.reset();
  return end;
}

}  // namespace florin::kafka
