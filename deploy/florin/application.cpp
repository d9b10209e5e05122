#include "deploy/florin/application.hpp"

#include "deploy/florin/front.hpp"
#include "deploy/florin/keys_in_use.hpp"
#include "deploy/florin/observe.hpp"
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
  Result<void> open_unit();
  void fail_process(std::string_view room, const Error& error);

  const Stopwatch since_start_;
  const Settings& settings_;
  const std::function<void()> failed_;
  const SystemClock clock_;
  const SpaceGuard space_;
  OpenedKeys keys_;
  Metrics metrics_;
  const UnitPorts ports_;
  std::unique_ptr<Unit> unit_;
  std::unique_ptr<Front> front_;
};

Result<void> RolesApplication::start() {
  FLORIN_TRY(open_unit());
  FLORIN_TRY(unit_->start());
  watch(metrics_, *unit_);
  watch(metrics_, space_);
  watch_keys(metrics_, {*keys_.keyring, *keys_.storage_keys, clock_, settings_.data});
  FLORIN_TRY_ASSIGN(front_, Front::open(ports_, *unit_, since_start_));
  return {};
}

Result<void> RolesApplication::open_unit() {
  if (settings_.journal == JournalKind::kafka) {
    FLORIN_TRY_ASSIGN(keys_, open_keys(settings_, IfMissing::create));
    FLORIN_TRY_ASSIGN(unit_, Unit::on_kafka(ports_, embedded_partition));
    log::info("opened", {{"after_ms", since_start_.ms()}});
    return {};
  }
  FLORIN_TRY_ASSIGN(DataFolder data, DataFolder::open(settings_, clock_, IfMissing::create));
  log::info("opened",
            {{"journal_ms", data.journal_ms}, {"state_ms", data.state_ms}, {"after_ms", since_start_.ms()}});
  keys_ = std::move(static_cast<OpenedKeys&>(data));
  FLORIN_TRY_ASSIGN(unit_, Unit::embedded(ports_, std::move(data)));
  return {};
}

void RolesApplication::fail_process(std::string_view room, const Error& error) {
  log::error("failed", {{"room", room}, {"code", name(error.code)}, {"reason", error.message}});
  failed_();
}

void RolesApplication::stop() {
  if (front_) front_->stop();
  if (unit_) unit_->stop();
  front_.reset();
  unit_.reset();
}

}  // namespace

Result<std::unique_ptr<Application>> Application::start(const Settings& settings, Roles roles,
                                                        std::function<void()> failed) {
  auto application = std::make_unique<RolesApplication>(settings, roles, std::move(failed));
  FLORIN_TRY(application->start());
  return application;
}

}  // namespace florin
