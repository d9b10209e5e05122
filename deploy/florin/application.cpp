#include "deploy/florin/application.hpp"

#include "deploy/florin/admin_ports.hpp"
#include "deploy/florin/front.hpp"
#include "deploy/florin/kafka_connection.hpp"
#include "deploy/florin/keys_in_use.hpp"
#include "deploy/florin/observe.hpp"
#include "deploy/florin/process_reports.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {
namespace {

class RolesApplication final : public Application {
 public:
  RolesApplication(const Settings& settings, Roles roles, std::function<void()> failed)
      : settings_(settings),
        failed_(std::move(failed)),
        space_({settings.data, settings.journal_path}, settings.disk_reserve_mib << 20),
        ports_{settings_,
               roles,
               keys_,
               clock_,
               metrics_,
               space_,
               [this](std::string_view room, const Error& error) { fail_process(room, error); }} {}
  ~RolesApplication() override { stop(); }

  Result<void> start();
  std::uint16_t port() const override { return front_->port(); }
  void stop() override;

 private:
  Result<void> open_units();
  Result<std::vector<PartitionId>> partitions() const;
  Result<void> start_reports();
  void reload_keys();
  void fail_process(std::string_view room, const Error& error);

  const Stopwatch since_start_;
  const Settings& settings_;
  const std::function<void()> failed_;
  const SystemClock clock_;
  const SpaceGuard space_;
  OpenedKeys keys_;
  Metrics metrics_;
  const UnitPorts ports_;
  Units units_;
  std::unique_ptr<Front> front_;
  std::unique_ptr<ProcessReports> reports_;
};

Result<void> RolesApplication::start() {
  FLORIN_TRY(open_units());
  for (const auto& unit : units_) {
    FLORIN_TRY(unit->start());
    watch(metrics_, *unit);
  }
  watch(metrics_, space_);
  if (settings_.journal == JournalKind::kafka) watch_kafka(metrics_);
  watch_keys(metrics_, keys_, units_, clock_);
  FLORIN_TRY_ASSIGN(front_, Front::open(ports_, units_, since_start_));
  if (settings_.journal == JournalKind::kafka) FLORIN_TRY(start_reports());
  keys_.keyring->on_change([this] { reload_keys(); });
  reload_keys();
  return {};
}

Result<void> RolesApplication::start_reports() {
  FLORIN_TRY_ASSIGN(auto connection, kafka_connection(settings_));
  const std::string address = settings_.listen.host + ":" + std::to_string(front_->port());
  reports_ = std::make_unique<ProcessReports>(
      std::move(connection), reports_topic(settings_), [this, address]() -> Result<std::string> {
        return status_json(ports_.roles, settings_.node, address, units_).dump();
      });
  return {};
}

// What another process made is used here, too, from now on.
void RolesApplication::reload_keys() {
  for (const KeyInfo& key : keys_.keyring->list()) {
    if (key.purpose != KeyPurpose::storage) continue;
    if (const auto storage = keys_.keyring->key(key.purpose, key.id))
      keys_.storage_keys->add(key.id, *storage);
  }
  front_->reload_keys();
}

Result<void> RolesApplication::open_units() {
  if (settings_.journal == JournalKind::kafka) {
    FLORIN_TRY_ASSIGN(keys_, open_keys(settings_, IfMissing::create));
    FLORIN_TRY_ASSIGN(const auto ids, partitions());
    for (const PartitionId id : ids) {
      FLORIN_TRY_ASSIGN(auto unit, Unit::on_kafka(ports_, id));
      units_.push_back(std::move(unit));
    }
    log::info("opened", {{"partitions", ids.size()}, {"after_ms", since_start_.ms()}});
    return {};
  }
  FLORIN_TRY_ASSIGN(DataFolder data, DataFolder::open(settings_, clock_, IfMissing::create));
  log::info("opened",
            {{"journal_ms", data.journal_ms}, {"state_ms", data.state_ms}, {"after_ms", since_start_.ms()}});
  keys_ = std::move(static_cast<OpenedKeys&>(data));
  FLORIN_TRY_ASSIGN(auto unit, Unit::embedded(ports_, std::move(data)));
  units_.push_back(std::move(unit));
  return {};
}

// All of them, where there are not some named; a gateway needs all.
Result<std::vector<PartitionId>> RolesApplication::partitions() const {
  FLORIN_TRY_ASSIGN(const std::uint32_t count, count_partitions(settings_));
  std::vector<PartitionId> ids;
  if (ports_.roles.gateway || settings_.partitions.empty()) {
    for (std::uint32_t id = 0; id < count; ++id) ids.push_back({id});
    return ids;
  }
  for (const std::uint32_t id : settings_.partitions) {
    if (id >= count)
      return fail(Errc::invalid_argument, "setting partitions: there is no partition " + std::to_string(id) +
                                              "; the topics have " + std::to_string(count));
    ids.push_back({id});
  }
  return ids;
}

void RolesApplication::fail_process(std::string_view room, const Error& error) {
  log::error("failed", {{"room", room}, {"code", name(error.code)}, {"reason", error.message}});
  failed_();
}

void RolesApplication::stop() {
  reports_.reset();
  if (keys_.keyring) keys_.keyring->on_change({});
  if (front_) front_->stop();
  for (const auto& unit : units_) unit->stop();
  front_.reset();
  units_.clear();
}

}  // namespace

Result<std::unique_ptr<Application>> Application::start(const Settings& settings, Roles roles,
                                                        std::function<void()> failed) {
  auto application = std::make_unique<RolesApplication>(settings, roles, std::move(failed));
  FLORIN_TRY(application->start());
  return application;
}

}  // namespace florin
