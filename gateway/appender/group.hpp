// Group commit: commands in flight on different connections share records, seals and fsyncs. A group closes
// at once when the writer is idle; while it writes, the next group gathers. No timer.
//
// Threads: any thread submits; one thread seals and appends; one follows the events and answers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <thread>

#include "engine/clock/clock.hpp"
#include "engine/envelope/envelope.hpp"
#include "engine/journal/events.hpp"
#include "gateway/appender/in_flight.hpp"

namespace florin::gateway {

inline constexpr std::size_t queue_commands_max = 65'536;  // submitted and not answered
inline constexpr std::size_t queue_bytes_max = 64u << 20;  // submitted and not appended
inline constexpr std::size_t record_payload_target =
    1u << 20;  // a record is closed when its payload passes this
inline constexpr std::size_t command_bytes_max =
    record_bytes_max - 4096;                              // one encoded command fits into one record
inline constexpr std::size_t group_bytes_max = 8u << 20;  // of the records behind one fsync
inline constexpr std::uint64_t clock_skew_ns_max =
    5'000'000'000;  // between the journal's stamp and our clock

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
  std::function<void(const Error&)> on_failure = [](const Error&) {};  // once: nothing is accepted any more
  std::function<bool()> room = [] { return true; };  // false: the disk has no space for commands
  std::function<void(std::size_t records, std::size_t commands, std::size_t bytes, double seconds)> on_group;
};

class GroupAppender final : public CommandPort {
 public:
  // Opens an epoch: appends the `open_appender` record. Errors: those of envelope and journal.
  static Result<std::unique_ptr<GroupAppender>> open(GroupPorts ports, GroupOptions options);
  ~GroupAppender() override;  // stops

  Result<void> submit(Command command, Done done) override;
  void
  stop();  // refuses new commands, appends nothing more, and fails what has no outcome yet with Errc::stopped
  void seal_under(KeyId key) { key_ = key.value; }  // of every record that is sealed from now on
  bool healthy() const { return !failed_; }
  std::size_t in_flight() const { return in_flight_.commands(); }

 private:
  struct Pending {
    Bytes encoded;
    Waiter waiter;
  };
  struct SealedGroup {
    std::vector<Bytes> records;
    std::vector<Hash256> hashes;
    std::size_t commands = 0;
    std::size_t bytes = 0;
  };

  GroupAppender(GroupPorts ports, GroupOptions options)
      : ports_(ports), options_(std::move(options)), key_(options_.key.value) {}
  Result<void> open_epoch();
  void append_loop();
  void answer_loop();
  std::deque<Pending> take();
  Result<void> seal(std::deque<Pending>& pending, SealedGroup& group);
  Result<void> append(SealedGroup& group);
  Result<Outcome> resolve(Outcome outcome) const;
  void break_off(const Error& error);
  void fail(const Error& error);

  GroupPorts ports_;
  GroupOptions options_;
  InFlight in_flight_;

  std::mutex mutex_;  // guards queue_, queue_bytes_, last_group_, stopping_
  std::condition_variable wake_;
  std::deque<Pending> queue_;
  std::size_t queue_bytes_ = 0;
  std::size_t last_group_ = 0;  // commands that the append thread took last
  bool stopping_ = false;
  std::atomic<bool> failed_{false}, told_{false};
  std::atomic<std::uint32_t> key_;
  std::atomic<std::uint64_t> last_stamp_ns_{0};

  RecordHeader header_;  // of the next record; the append thread's alone once it runs
  Sequence next_event_;  // the answer thread's alone once it runs
  std::thread append_thread_;
  std::thread answer_thread_;
};

}  // namespace florin::gateway
