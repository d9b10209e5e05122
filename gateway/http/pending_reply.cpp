#include "gateway/http/pending_reply.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace florin::gateway {

void PendingReply::complete(Reply::Build build) {
  std::function<void()> unneeded;  // destroyed after the mutex is free: what it captured may come back here
  const std::lock_guard lock(mutex_);
  if (state_ != State::waiting) return;
  state_ = State::answered;
  build_ = std::move(build);
  unneeded = std::exchange(cancel_, nullptr);
  asio::post(io_, [self = shared_from_this()] {
    if (self->wake_ != nullptr) self->wake_->cancel();
  });
}

void PendingReply::on_cancel(std::function<void()> cancel) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::waiting) {
      cancel_ = std::move(cancel);
      return;
    }
    if (!cancelled_) return;
  }
  cancel();
}

void PendingReply::at_deadline(Reply::Build build) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::waiting) build_at_deadline_ = std::move(build);
}

bool PendingReply::answered() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::answered;
}

std::optional<Reply::Build> PendingReply::close() {
  std::function<void()> cancel;
  {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
    const State before = std::exchange(state_, State::closed);
    if (before == State::answered) return std::move(build_);
    cancelled_ = true;
    cancel = std::exchange(cancel_, nullptr);
  }
  if (cancel) cancel();
  return build_at_deadline_ ? std::optional(std::move(build_at_deadline_)) : std::nullopt;
}

}  // namespace florin::gateway
