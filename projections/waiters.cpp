#include "projections/waiters.hpp"

namespace florin::projections {

Waiters::Token Waiters::when(Sequence wanted, std::function<void()> reached) {
  std::unique_lock lock(mutex_);
  const Token token = next_token_++;
  if (position() < wanted) {
    waits_.emplace(std::pair{wanted, token}, std::move(reached));
    wanted_.emplace(token, wanted);
    return token;
  }
  lock.unlock();
  reached();
  return token;
}

void Waiters::cancel(Token token) {
  std::unique_lock lock(mutex_);
  if (auto it = wanted_.find(token); it != wanted_.end()) {
    waits_.erase({it->second, token});
    wanted_.erase(it);
    return;
  }
  ended_.wait(lock, [&] {
    auto it = running_.find(token);
    return it == running_.end() || it->second == std::this_thread::get_id();
  });
}

bool Waiters::empty() const {
  std::lock_guard lock(mutex_);
  return waits_.empty();
}

void Waiters::advance(Sequence position) {
  std::unique_lock lock(mutex_);
  if (position.value > position_.load()) position_.store(position.value);
  while (!waits_.empty() && waits_.begin()->first.first <= this->position()) {
    auto node = waits_.extract(waits_.begin());
    const Token token = node.key().second;
    wanted_.erase(token);
    running_.emplace(token, std::this_thread::get_id());
    lock.unlock();
    node.mapped()();
    lock.lock();
    running_.erase(token);
    ended_.notify_all();
  }
}

}  // namespace florin::projections
