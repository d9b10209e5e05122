// `florin check`: whether the whole book holds together, asked of a live server. A thread of its own, which
// gives way to the others, works on a snapshot of the engine's store; commands and queries go on. One check
// at a time; what came of the last one is kept until the next.
//
// Any thread may call everything; stop() belongs to the owner and comes before the ports close.
#pragma once

#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "deploy/florin/book_report.hpp"
#include "engine/envelope/envelope.hpp"
#include "engine/replay/state_check.hpp"
#include "projections/read_models.hpp"

namespace florin {

// What a replay must leave free on the disk: the server itself stops when it cannot write.
inline constexpr std::uint64_t disk_reserve_bytes = 512u << 20;
// How long the read model may take to come to the snapshot's position.
inline constexpr std::chrono::seconds read_model_reaches_max{60};

struct CheckPorts {
  const Store& store;  // the engine's
  const Journal& journal;
  const Envelope& envelope;
  const EventSource& events;
  projections::ReadModels& views;
  PartitionId partition;
  std::filesystem::path scratch;           // a folder of the check's own, for the state of a replay
  projections::StoreFactory open_scratch;  // opens the encrypted store in it
  Quarantine quarantine = {};              // records that the replay passes over
  std::uint64_t disk_reserve = disk_reserve_bytes;
  std::chrono::milliseconds read_model_reaches = read_model_reaches_max;
  bool events_in_store = true;  // as rows beside the state; else a broker has them
};

class LiveCheck {
 public:
  explicit LiveCheck(CheckPorts ports);  // removes what a check left that a crash ended
  ~LiveCheck() { stop(); }
  LiveCheck(const LiveCheck&) = delete;
  LiveCheck& operator=(const LiveCheck&) = delete;

  // The number of the check that has begun. Errors: already_exists (one is running), stopped.
  Result<std::uint64_t> start(bool with_replay);
  Result<void> cancel();  // status() tells when it has ended. Errors: not_found (none is running)
  nlohmann::ordered_json status() const;
  void stop();  // cancels and waits, for good

 private:
  enum class State { none, running, done, cancelled, failed };

  void run(bool with_replay);
  Result<BookReport> check(bool with_replay);
  Result<void> check_read_models(const StoreReader& snapshot, Sequence next, BookReport& report);
  Result<void> replay_journal(const StoreReader& snapshot, BookReport& report);
  Result<projections::BalancesWalk> reach(Sequence wanted) const;
  Result<void> room_on_disk(std::uint64_t wanted) const;
  replay::GoOn begin(std::string_view phase, std::uint64_t of = 0);
  Result<void> go_on(std::uint64_t done);

  const CheckPorts ports_;
  std::atomic<bool> cancelled_ = false;
  std::atomic<std::uint64_t> done_ = 0;  // of the phase

  mutable std::mutex mutex_;  // guards what follows
  State state_ = State::none;
  bool stopping_ = false;
  bool with_replay_ = false;
  std::uint64_t number_ = 0;
  std::string_view phase_;
  std::uint64_t of_ = 0;  // what the phase has to do; 0 = not known
  std::chrono::steady_clock::time_point started_, ended_;
  std::string reason_;  // of a failure
  BookReport report_;   // of a check that is done
  std::thread thread_;
};

}  // namespace florin
