// One read model as the program has it: the store folder of the generation that answers, its worker, and the
// rebuild beside it. A rebuild fills a fresh store from sequence 1 while the old one answers; when it has
// caught up, it takes the old one's place at once for readers, waits and the marker on disk, and the old
// folder is removed.
//
// Any thread may read, ask and start a rebuild; open, start() and stop() belong to the owner.
#pragma once

#include <filesystem>
#include <optional>
#include <thread>

#include "projections/generations.hpp"
#include "projections/waiters.hpp"
#include "projections/worker.hpp"

namespace florin::projections {

// Opens the store in a folder, or makes it. The parent folder exists.
using StoreFactory = std::function<Result<std::unique_ptr<Store>>(const std::filesystem::path&)>;

// At the end of a rebuild the old generation stands still until the new one has its last events, at most this
// long.
inline constexpr std::chrono::seconds swap_pause_max{2};
// The rebuild thread waits this long for queries that still read the old generation; after that the last of
// them closes it.
inline constexpr std::chrono::seconds readers_leave_max{10};

// The rows of one moment, and the position that they are true at. Keeps its generation open; hold it only for
// a query.
class Reading {
 public:
  Reading(std::shared_ptr<const void> generation, std::unique_ptr<StoreReader> rows, Sequence at)
      : generation_(std::move(generation)), rows_(std::move(rows)), at_(at) {}
  const StoreReader& rows() const { return *rows_; }
  Sequence at() const { return at_; }

 private:
  std::shared_ptr<const void> generation_;  // outlives the snapshot
  std::unique_ptr<StoreReader> rows_;
  Sequence at_;
};

struct ViewStatus {
  std::string name;
  std::uint32_t schema = 0;
  Health health;
  std::optional<Sequence> rebuilding;  // how far the rebuild is that runs now
  std::string note;                    // why the rows were dropped at the start, or the last rebuild failed
};

class ViewHost {
 public:
  // Opens the generation that CURRENT names. Rows of another schema, and a store that is corrupt, are dropped
  // and built again from the events: a read model is a cache. Errors: those of the factory (but corrupt and
  // format), io.
  static Result<std::unique_ptr<ViewHost>> open(ViewFactory views, std::filesystem::path folder,
                                                const EventSource& source, StoreFactory stores);
  ~ViewHost() { stop(); }
  ViewHost(const ViewHost&) = delete;
  ViewHost& operator=(const ViewHost&) = delete;

  void start(Deadline log_reaches);  // see Worker::start
  void stop();                       // the worker and a running rebuild; readers may go on

  // Returns when the rebuild has begun; status() tells the rest. Errors: already_exists (one is running),
  // stopped, corrupt (the event log ends before the position of the old rows), io and those of the factory.
  Result<void> rebuild();

  Result<Reading> read() const;
  ViewStatus status() const;
  Waiters& waiters() { return waiters_; }
  const Waiters& waiters() const { return waiters_; }

 private:
  struct Generation;
  using GenerationPtr = std::shared_ptr<Generation>;

  ViewHost(ViewFactory views, Generations folders, const EventSource& source, StoreFactory stores);
  Result<void> open_current();
  Result<void> open_fresh();
  Result<GenerationPtr> make(std::uint64_t number);
  GenerationPtr current() const;
  void on_progress(const Generation& generation, Sequence at);
  bool wait_until(const Generation& generation, Sequence reached, std::chrono::milliseconds at_most);
  void run_rebuild(GenerationPtr candidate);
  Result<void> replace_by(const GenerationPtr& candidate);
  void retire(GenerationPtr old);

  const ViewFactory views_;
  const EventSource& source_;
  const StoreFactory stores_;
  Waiters waiters_;

  std::mutex control_mutex_;  // one of start(), stop(), rebuild() at a time
  Generations folders_;       // rebuild() while none runs, else the rebuild thread
  std::thread rebuild_thread_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable progressed_;
  GenerationPtr current_;
  GenerationPtr candidate_;  // of the running rebuild, until it answers
  bool rebuilding_ = false;
  std::string note_;
  bool stopping_ = false;
};

// The Progress part of a query interface, answered by the host.
template <class Interface>
class Hosted : public Interface {
 public:
  explicit Hosted(ViewHost& host) : host_(host) {}
  Sequence position() const override { return host_.waiters().position(); }
  Progress::Token when(Sequence wanted, std::function<void()> reached) override {
    return host_.waiters().when(wanted, std::move(reached));
  }
  void cancel(Progress::Token token) override { host_.waiters().cancel(token); }

 protected:
  ViewHost& host_;
};

}  // namespace florin::projections
