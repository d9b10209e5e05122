// Append and answer: takes commands from any thread, groups those in flight into shared records, seals,
// appends, and gives each caller the outcome as soon as the events of its position are known. No Beast
// here.
#pragma once

#include <functional>
#include <vector>

#include "engine/base/result.hpp"
#include "schemas/commands.hpp"
#include "schemas/events.hpp"

namespace florin::gateway {

// The events of one command, in order, still inside the shared batches that they came in.
class Outcome {
 public:
  struct Span {
    EventBatchPtr batch;
    std::size_t begin = 0, end = 0;  // indexes into batch->events
  };
  void add(Span span) { spans_.push_back(std::move(span)); }
  void mark_replayed() { replayed_ = true; }
  // It is the first answer to a call that was repeated: nothing was done this time.
  bool replayed() const { return replayed_; }
  bool empty() const { return spans_.empty(); }
  Sequence first() const;  // sequence of the first event
  Sequence last() const;   // sequence of the last event: the position that the client is given
  const Event& front() const { return spans_.front().batch->events[spans_.front().begin]; }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const Span& span : spans_)
      for (std::size_t i = span.begin; i < span.end; ++i) visit(span.batch->events[i]);
  }

 private:
  std::vector<Span> spans_;
  bool replayed_ = false;
};

using Done = std::function<void(Result<Outcome>)>;

// What handlers see. Adapters: the real one (group.hpp), and a scripted one in tests.
class CommandPort {
 public:
  virtual ~CommandPort() = default;
  // Takes the command, or refuses it at once (overloaded, stopped, invalid_argument when it does not fit into
  // a record). `done` is called once, from the appender's threads: the outcome, or stopped/io when the append
  // failed, or deadline when the outcome is not known in time. A command_repeated outcome has been resolved:
  // what `done` gets is the first answer, marked as replayed.
  virtual Result<void> submit(Command command, Done done) = 0;
};

}  // namespace florin::gateway
