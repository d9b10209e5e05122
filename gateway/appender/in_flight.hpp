// The commands that wait for their outcome, by the hash of the sealed record that carries them. Event records
// name that hash, so it does not matter where in the journal the record landed, or whether the append has
// returned yet.
//
// Any thread; callbacks run outside the lock.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "gateway/appender/appender.hpp"

namespace florin::gateway {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Waiter {
  Done done;
  SteadyTime submitted;
  SteadyTime deadline;
};

// What is taken on and not answered yet.
struct Load {
  std::size_t commands = 0;
  std::size_t bytes = 0;               // of sealed records
  std::optional<SteadyTime> oldest{};  // when the first of them was submitted
};

class InFlight {
 public:
  // Before the record is appended. One waiter for each of its commands, in order; `bytes` of it are sealed.
  void add(const Hash256& record, Ordinal epoch, std::size_t bytes, std::vector<Waiter> waiters);
  // The append failed: its waiters get the error.
  void fail(const Hash256& record, const Error& error);
  // An event record was decided. Gives back the commands whose outcome is complete.
  struct Answered {
    Waiter waiter;
    Outcome outcome;
  };
  struct Answers {
    std::vector<Answered> commands;
    std::size_t bytes = 0;                // of the sealed record, when this was its last event record
    std::optional<SteadyTime> submitted;  // its first command
    std::optional<Ordinal> epoch;         // that it was appended in
  };
  Answers answer(const EventBatchPtr& batch);
  void expire(SteadyTime now);        // waiters past their deadline get Errc::deadline
  void fail_all(const Error& error);  // no outcome will come any more
  Load load() const;

 private:
  struct Record {
    std::vector<Waiter> waiters;  // a waiter that was answered early has no callback
    std::vector<Outcome> outcomes;
    Ordinal epoch;
    std::size_t bytes = 0;
    std::uint64_t number = 0;  // in the order of their appends
  };
  std::map<Hash256, Record>::iterator remove(std::map<Hash256, Record>::iterator it);
  static void finish(const std::vector<Waiter>& waiters, const Error& error);

  mutable std::mutex mutex_;
  std::map<Hash256, Record> records_;
  std::map<std::uint64_t, SteadyTime> submitted_;  // the first command of each record, by its number
  std::uint64_t next_number_ = 0;
  std::size_t commands_ = 0, bytes_ = 0;
};

}  // namespace florin::gateway
