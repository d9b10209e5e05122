#include "engine/journal/event_tail.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace florin {

void EventTail::push(EventBatchPtr batch, std::size_t sealed_bytes) {
  const std::lock_guard lock(mutex_);
  FLORIN_ASSERT(rows_.empty() || rows_.back().batch->next() == batch->header.first);
  bytes_ += memory(*batch);
  rows_.push_back({std::move(batch), sealed_bytes});
  while (bytes_ > bytes_max_ && rows_.size() > 1) {
    bytes_ -= memory(*rows_.front().batch);
    rows_.pop_front();
  }
}

void EventTail::drop_before(Sequence next) {
  const std::lock_guard lock(mutex_);
  while (!rows_.empty() && rows_.front().batch->next() <= next) {
    bytes_ -= memory(*rows_.front().batch);
    rows_.pop_front();
  }
}

void EventTail::clear() {
  const std::lock_guard lock(mutex_);
  rows_.clear();
  bytes_ = 0;
}

EventTail::Rows::const_iterator EventTail::find(Sequence sequence) const {
  const auto behind =
      std::upper_bound(rows_.begin(), rows_.end(), sequence,
                       [](Sequence wanted, const Row& row) { return wanted < row.batch->header.first; });
  if (behind == rows_.begin() || sequence >= (behind - 1)->batch->next()) return rows_.end();
  return behind - 1;
}

std::vector<EventBatchPtr> EventTail::read(Sequence from, Sequence end, std::size_t sealed_bytes_max) const {
  std::vector<EventBatchPtr> out;
  const std::lock_guard lock(mutex_);
  std::size_t bytes_left = sealed_bytes_max;
  for (auto row = find(from); row != rows_.end() && row->batch->header.first < end; ++row) {
    if (!out.empty()) {
      if (row->sealed_bytes > bytes_left) break;
      bytes_left -= row->sealed_bytes;
    }
    out.push_back(row->batch);
  }
  return out;
}

std::optional<Hash256> EventTail::hash_at(Sequence first) const {
  const std::lock_guard lock(mutex_);
  const auto row = find(first);
  if (row == rows_.end() || row->batch->header.first != first) return std::nullopt;
  return row->batch->hash;
}

}  // namespace florin
