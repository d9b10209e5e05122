// The position of a read model, which moves when a test says so.
#pragma once

#include <map>
#include <mutex>

#include "projections/query.hpp"

namespace florin::testing {

using namespace florin::projections;

class ManualProgress : public virtual Progress {
 public:
  Sequence position() const override {
    const std::lock_guard lock(mutex_);
    return position_;
  }
  Token when(Sequence wanted, std::function<void()> reached) override {
    {
      const std::lock_guard lock(mutex_);
      if (position_ < wanted) {
        waiting_.emplace(++token_, std::pair(wanted, std::move(reached)));
        return token_;
      }
    }
    reached();
    return 0;
  }
  void cancel(Token token) override {
    const std::lock_guard lock(mutex_);
    waiting_.erase(token);
  }

  void reach(std::uint64_t sequence) {
    std::vector<std::function<void()>> ready;
    {
      const std::lock_guard lock(mutex_);
      position_ = {sequence};
      std::erase_if(waiting_, [&](auto& entry) {
        const bool reached = entry.second.first <= position_;
        if (reached) ready.push_back(std::move(entry.second.second));
        return reached;
      });
    }
    for (auto& run : ready) run();
  }
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  mutable std::mutex mutex_;
  Sequence position_;
  Token token_ = 0;
  std::map<Token, std::pair<Sequence, std::function<void()>>> waiting_;
};

}  // namespace florin::testing
