// Group commit: commands in flight on different connections share records, seals and fsyncs. While the writer
// writes, the next group gathers; it closes when the writer is idle and whoever was answered just now is
// back, or gather_max later. A caller alone never waits.
//
// Threads: any thread submits; one thread seals and appends; one follows the events and answers.
#pragma once

#include <thread>

#include "gateway/appender/coordinator.hpp"

namespace florin::gateway {

class GroupAppender final : public CommandPort {
 public:
  // Opens an epoch: appends the `open_appender` record. Errors: those of envelope and journal.
  static Result<std::unique_ptr<GroupAppender>> open(GroupPorts ports, GroupOptions options);
  ~GroupAppender() override;  // stops

  Result<void> submit(Command command, Done done) override {
    return coordinator_->submit(command, std::move(done), std::chrono::steady_clock::now());
  }
  void
  stop();  // refuses new commands, appends nothing more, and fails what has no outcome yet with Errc::stopped
  void seal_under(KeyId key) { coordinator_->seal_under(key); }  // of every record that is sealed from now on
  bool healthy() const { return coordinator_->healthy(); }
  std::size_t in_flight() const { return coordinator_->in_flight(); }

 private:
  explicit GroupAppender(std::unique_ptr<GroupCoordinator> coordinator);
  void append_loop();
  void answer_loop();

  const std::unique_ptr<GroupCoordinator> coordinator_;
  std::atomic<bool> stopping_{false};
  std::thread append_thread_;
  std::thread answer_thread_;
};

}  // namespace florin::gateway
