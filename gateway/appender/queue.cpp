#include "gateway/appender/queue.hpp"

#include <utility>

namespace florin::gateway {

Result<void> CommandQueue::add(Pending pending, const Limits& limits) {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    if (closed_)
      return fail(Errc::stopped, "the server is shutting down or its journal failed; nothing was accepted");
    const Load& taken = limits.taken;
    const bool full = queue_.size() + taken.commands >= queue_commands_max ||
                      bytes_ + taken.bytes + pending.encoded.size() > limits.bytes_max;
    const SteadyTime now = pending.waiter.submitted;
    const SteadyTime oldest = taken.oldest     ? *taken.oldest
                              : queue_.empty() ? now
                                               : queue_.front().waiter.submitted;
    if (full || now - oldest > limits.age_max)
      return fail(Errc::overloaded,
                  "too many commands wait for the journal; nothing was accepted, try again later");
    bytes_ += pending.encoded.size();
    queue_.push_back(std::move(pending));
    wake = queue_.size() == wake_at_;
  }
  if (wake) wake_.notify_one();
  return {};
}

bool CommandQueue::wait() {
  std::unique_lock lock(mutex_);
  wake_at_ = 1;
  wake_.wait(lock, [this] { return closed_ || !queue_.empty(); });
  // Callers come back soon after they are answered, so as many as there were are on their way again. A caller
  // alone never waits.
  wake_at_ = company_;
  wake_.wait_for(lock, gather_max_, [this] { return closed_ || queue_.size() >= company_; });
  wake_at_ = 0;
  return !closed_;
}

std::deque<Pending> CommandQueue::take(std::size_t in_flight) {
  std::lock_guard lock(mutex_);
  company_ = queue_.size() + in_flight;
  bytes_ = 0;
  return std::exchange(queue_, {});
}

void CommandQueue::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_all();
}

}  // namespace florin::gateway
