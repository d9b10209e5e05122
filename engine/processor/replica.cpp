#include "engine/processor/replica.hpp"

namespace florin::processor {

Result<std::size_t> Replica::step(SteadyTime now) {
  if (role_ == Role::publisher && should_yield()) FLORIN_TRY(yield());
  if (role_ == Role::publisher) return pipeline_.step();
  FLORIN_TRY_ASSIGN(const std::size_t followed, processor_->follow(published_));
  if (followed > 0) {
    lagging_since_.reset();
    return followed;
  }
  if (!should_take_over(now) && !should_reclaim(now)) return std::size_t{0};
  publish_from_now_on();
  return pipeline_.step();
}

void Replica::publish_from_now_on() {
  seen_below_ = publishers_.seen_below(options_.rank);
  lagging_since_.reset();
  behind_higher_since_.reset();
  role_ = Role::publisher;
  ++changes_;
}

// The other one yields when it sees the first record of this one.
bool Replica::should_reclaim(SteadyTime now) {
  if (!options_.reclaim_after) return false;
  const auto publisher = publishers_.newest_rank();
  if (!publisher || *publisher <= options_.rank || !caught_up()) {
    behind_higher_since_.reset();
    return false;
  }
  if (!behind_higher_since_) behind_higher_since_ = now;
  return now - *behind_higher_since_ >= *options_.reclaim_after;
}

Result<void> Replica::yield() {
  FLORIN_TRY(finish());
  role_ = Role::standby;
  ++changes_;
  return {};
}

Result<std::size_t> Replica::advance() {
  const auto now = std::chrono::steady_clock::now();
  FLORIN_TRY_ASSIGN(const std::size_t records, step(now));
  if (records == 0) wait(now + idle_wait);
  return records;
}

Result<void> Replica::finish() {
  FLORIN_TRY(pipeline_.settle());
  return pipeline_.drain();
}

// The tail may also stand still in the middle of a command record, where its publisher died.
bool Replica::should_take_over(SteadyTime now) {
  const Sequence tail = published_.next();
  if (caught_up()) {
    lagging_since_.reset();
    return false;
  }
  if (!lagging_since_ || lagging_at_ != tail) {
    lagging_since_ = now;
    lagging_at_ = tail;
  }
  return now - *lagging_since_ >= options_.take_over_step * (options_.rank + 1);
}

void Replica::wait(Deadline deadline) const {
  if (role_ == Role::publisher) {
    journal_.wait_beyond(processor_->next_ordinal(), deadline);
    return;
  }
  const Deadline soon = std::chrono::steady_clock::now() + options_.take_over_step / 4;
  // Where the tail stands in the middle of a command record, more than that is waited for.
  published_.wait_beyond(lagging_since_ ? lagging_at_ : status().next_sequence, std::min(deadline, soon));
}

}  // namespace florin::processor
