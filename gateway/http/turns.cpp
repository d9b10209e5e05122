#include "gateway/http/turns.hpp"

#include "engine/base/assert.hpp"

namespace florin::gateway {

Turns::Turn::~Turn() {
  if (!used_) turns_->ready(number_, nullptr);
}

void Turns::Turn::use(std::function<void()> action) {
  FLORIN_ASSERT(!used_);
  used_ = true;
  turns_->ready(number_, std::move(action));
}

std::shared_ptr<Turns::Turn> Turns::take() {
  const std::lock_guard lock(mutex_);
  places_.emplace_back();
  return std::make_shared<Turn>(shared_from_this(), first_ + places_.size() - 1);
}

void Turns::ready(std::uint64_t number, std::function<void()> action) {
  std::unique_lock lock(mutex_);
  Place& place = places_.at(number - first_);
  place.ready = true;
  place.action = std::move(action);
  if (running_) return;  // that thread comes to it
  running_ = true;
  while (!places_.empty() && places_.front().ready) {
    std::function<void()> next = std::move(places_.front().action);
    places_.pop_front();
    ++first_;
    lock.unlock();
    if (next) next();
    next = nullptr;  // what it held goes before the lock is taken again
    lock.lock();
  }
  running_ = false;
}

}  // namespace florin::gateway
