// All that a process has of one partition: the log, and by its roles the engine, the read models and the
// appender. On an embedded journal all of it; on Apache Kafka each role may be a process of its own.
//
// Owner: the application, in the order of the calls; what is asked is for any thread.
#pragma once

#include <functional>

#include "deploy/florin/application.hpp"
#include "deploy/florin/kafka_partition.hpp"
#include "deploy/florin/live_check.hpp"
#include "deploy/florin/space_guard.hpp"
#include "engine/processor/runner.hpp"
#include "engine/telemetry/metrics.hpp"
#include "gateway/appender/group.hpp"
#include "gateway/queries/queries.hpp"
#include "projections/read_models.hpp"

namespace florin {

// All of these outlive the unit.
struct UnitPorts {
  const Settings& settings;
  Roles roles;
  const OpenedKeys& keys;
  const Clock& clock;
  Metrics& metrics;
  const SpaceGuard& space;
  std::function<void(std::string_view room, const Error& error)> failed;  // the process must stop
};

class Unit {
 public:
  // The whole of an embedded partition, with its state brought to the head of the journal.
  static Result<std::unique_ptr<Unit>> embedded(const UnitPorts& ports, DataFolder data);
  // What the roles need of a partition on Kafka.
  static Result<std::unique_ptr<Unit>> on_kafka(const UnitPorts& ports, PartitionId id);
  ~Unit() { stop(); }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  // Opens an epoch of this process in the journal, then lets the engine run.
  Result<void> start();
  void stop();  // in the order of the flow

  PartitionId id() const { return id_; }
  bool on_kafka() const { return kafka_ != nullptr; }
  const std::filesystem::path& folder() const { return folder_; }
  Journal& journal() const { return *journal_; }
  EventSource& events() const { return *events_; }
  Sequence last_event() const { return {events_->next().value - 1}; }
  gateway::EventHead head() const;
  void wait_for_state() const;     // until it has what was decided before the call, or a moment has passed
  std::string not_ready() const;   // why calls are not worth sending, or nothing
  Metrics::Labels labels() const;  // of its metrics: the partition, where there may be several
  // Null where the process has no such role.
  const OpenedState* state() const { return state_; }
  const processor::Runner* engine() const { return engine_.get(); }
  projections::ReadModels* views() const { return views_.get(); }  // a gateway has the directory
  gateway::GroupAppender* appender() const { return appender_.get(); }
  LiveCheck* check() const { return check_.get(); }

 private:
  Unit(UnitPorts ports, PartitionId id, std::filesystem::path folder)
      : ports_(std::move(ports)), id_(id), number_(to_string(id)), folder_(std::move(folder)) {}
  Result<void> catch_up(processor::Processor& engine);
  const EventSource& decided() const;
  Result<void> open_views(std::uint64_t records_to_replay);
  void open_engine(std::unique_ptr<processor::Engine> engine);
  void open_check(const Quarantine& quarantine);
  Result<void> open_appender();
  void append_tick();

  const UnitPorts ports_;
  const PartitionId id_;
  const std::string number_;
  const std::filesystem::path folder_;       // of what is its own
  DataFolder data_{};                        // of an embedded partition, without the keys
  std::unique_ptr<KafkaPartition> kafka_{};  // of one on Kafka
  Journal* journal_ = nullptr;               // of one of the two, as the next two
  EventSource* events_ = nullptr;
  const OpenedState* state_ = nullptr;
  Sequence published_before_{};  // by any engine, before the one of this process was opened on Kafka

  std::unique_ptr<processor::Runner> engine_{};
  std::unique_ptr<projections::ReadModels> views_{};
  std::unique_ptr<LiveCheck> check_{};
  std::unique_ptr<gateway::GroupAppender> appender_{};
};

using Units = std::vector<std::unique_ptr<Unit>>;

}  // namespace florin
