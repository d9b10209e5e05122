// What group commit does, without the threads that drive it (group.hpp): which commands share a record and a
// group, what is sealed and appended, and who is answered with what. Each call does one step and waits for
// nothing but the journal, so a simulation drives it in one thread.
//
// Any thread submits; one thread appends; one thread answers; they may be the same.
#pragma once

#include <atomic>
#include <memory>
#include <ratio>

#include "engine/clock/clock.hpp"
#include "engine/envelope/envelope.hpp"
#include "engine/journal/events.hpp"
#include "gateway/appender/queue.hpp"
#include "gateway/appender/window.hpp"

namespace florin::gateway {

inline constexpr std::size_t record_payload_target =
    1u << 20;  // a record is closed when its payload passes this
inline constexpr std::size_t command_bytes_max =
    record_bytes_max - 4096;                              // one encoded command fits into one record
inline constexpr std::size_t group_bytes_max = 8u << 20;  // of the records behind one fsync
// Of the time within which a call is answered: how old the oldest command may be when a new one is taken on.
// So what is accepted is answered in time, whatever the load.
using UnansweredShareMax = std::ratio<2, 5>;
inline constexpr std::uint64_t clock_skew_ns_max =
    5'000'000'000;  // between the journal's stamp and our clock
// Fenced more often in so long, it is another process that appends as this appender.
inline constexpr std::chrono::minutes fenced_interval{10};

struct GroupPorts {
  Journal& journal;
  const EventSource& events;
  const Envelope& envelope;
  const Clock& clock;
};

struct GroupOptions {
  PartitionId partition;
  AppenderId appender{1};
  std::uint32_t rank = 0;
  KeyId key;  // data key to seal under
  std::chrono::milliseconds answer_max{5000};
  std::chrono::microseconds gather_max{300};  // that a group waits for those who were answered just now
  // Times that it opens a new epoch when it was fenced. On a broker the record that opened an older epoch of
  // its own may arrive late; an embedded journal holds no such surprise.
  std::uint32_t fenced_max = 0;
  std::function<void(const Error&)> on_failure = [](const Error&) {};  // once: nothing is accepted any more
  std::function<bool()> room = [] { return true; };  // false: the disk has no space for commands
  std::function<void(std::size_t records, std::size_t commands, std::size_t bytes, double seconds)> on_group;
};

class GroupCoordinator {
 public:
  // Opens an epoch: appends the `open_appender` record. Errors: those of envelope and journal.
  static Result<std::unique_ptr<GroupCoordinator>> open(GroupPorts ports, GroupOptions options);

  // As CommandPort::submit.
  Result<void> submit(const Command& command, Done done, SteadyTime now);

  // Seals and appends one group of what waits; true when more of what was taken is left. A full disk,
  // or brokers that are away, refuse the group, and the next may be tried. When an append is in doubt, its
  // callers wait on for their events, and the next group opens a new epoch, where the journal can be
  // reopened. Any other failure is told, and nothing is accepted any more.
  bool append_once();
  // Answers those whose events are known or whose deadline has passed; false when a failure was told.
  bool answer_once(SteadyTime now);

  bool wait_for_commands() { return queue_.wait(); }  // false when closed
  void wait_for_events(Deadline deadline) const { ports_.events.wait_beyond(next_event_, deadline); }

  void refuse_new() { queue_.close(); }
  void give_up();  // everyone who waits is told Errc::stopped, or that the outcome is not known

  void seal_under(KeyId key) { key_ = key.value; }  // of every record that is sealed from now on
  bool healthy() const { return !failed_; }
  std::size_t in_flight() const { return in_flight_.load().commands; }

 private:
  struct SealedGroup {
    RecordHeader before;  // of the record behind the last group
    std::vector<Bytes> records;
    std::vector<Hash256> hashes;
    std::size_t commands = 0;
    std::size_t bytes = 0;
  };

  GroupCoordinator(GroupPorts ports, GroupOptions options);
  Result<void> open_epoch();
  Result<void> append_pending();
  Result<void> go_on();
  Result<void> seal(SealedGroup& group);
  Result<void> seal_record(SealedGroup& group);
  Result<void> append(SealedGroup& group);
  Result<void> take_back(SealedGroup& group, const Error& error);
  Result<void> leave_in_doubt();
  Result<void> on_fenced(SteadyTime now);
  Result<void> answer(SteadyTime now);
  Result<Outcome> resolve(Outcome outcome) const;
  void break_off(const Error& error);
  void fail(const Error& error);

  GroupPorts ports_;
  GroupOptions options_;
  InFlight in_flight_;
  CommandQueue queue_;
  Window window_;

  std::atomic<bool> failed_{false}, told_{false};
  std::atomic<bool> in_doubt_{false};  // what comes next needs a new epoch
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::uint32_t> key_;
  std::atomic<std::uint64_t> last_stamp_ns_{0};

  // Who appends.
  RecordHeader header_;          // of the last record
  std::deque<Pending> pending_;  // taken from the queue

  // Who answers.
  Sequence next_event_;
  std::uint32_t fenced_ = 0;  // times in fenced_interval
  SteadyTime fenced_at_{};
};

}  // namespace florin::gateway
