// The commands that wait for their outcome, by the hash of the sealed record that carries them. Event records
// name that hash, so it does not matter where in the journal the record landed, or whether the append has
// returned yet.
//
// Any thread; callbacks run outside the lock.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "gateway/appender/appender.hpp"

namespace florin::gateway {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Waiter {
  Done done;
  SteadyTime deadline;
};

class InFlight {
 public:
  // Before the record is appended. One waiter for each of its commands, in order.
  void add(const Hash256& record, std::vector<Waiter> waiters);
  // The append failed: its waiters get the error.
  void fail(const Hash256& record, const Error& error);
  // An event record was published. Gives back the commands whose outcome is complete.
  struct Answered {
    Waiter waiter;
    Outcome outcome;
  };
  std::vector<Answered> answer(const EventBatchPtr& batch);
  void expire(SteadyTime now);        // waiters past their deadline get Errc::deadline
  void fail_all(const Error& error);  // no outcome will come any more
  std::size_t commands() const;

 private:
  struct Record {
    std::vector<Waiter> waiters;  // a waiter that was answered early has no callback
    std::vector<Outcome> outcomes;
  };
  static void finish(const std::vector<Waiter>& waiters, const Error& error);

  mutable std::mutex mutex_;
  std::map<Hash256, Record> records_;
  std::size_t commands_ = 0;
};

}  // namespace florin::gateway
