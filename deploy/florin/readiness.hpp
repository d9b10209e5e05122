// Whether calls are worth sending: the journal accepts, and the read models follow close enough. The first
// time that it is so when someone asks has a line of the log, for that is when a start is over.
//
// Any thread.
#pragma once

#include <atomic>
#include <string>

#include "deploy/florin/stopwatch.hpp"
#include "gateway/appender/group.hpp"
#include "projections/read_models.hpp"

namespace florin {

class Readiness {
 public:
  Readiness(const Stopwatch& since_start, const gateway::GroupAppender& appender,
            const projections::ReadModels& views)
      : since_start_(since_start), appender_(appender), views_(views) {}

  std::string missing();  // why the server is not ready, or nothing

 private:
  std::string reason() const;

  const Stopwatch& since_start_;
  const gateway::GroupAppender& appender_;
  const projections::ReadModels& views_;
  std::atomic<bool> told_{false};
};

}  // namespace florin
