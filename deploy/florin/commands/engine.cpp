// florin digest, florin replay, florin engine snapshot, florin engine ruleset
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/florin/admin_client.hpp"
#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/commands/partitions.hpp"
#include "deploy/florin/json_reports.hpp"
#include "deploy/florin/kafka_connection.hpp"
#include "deploy/florin/kafka_partition.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/replay/replay.hpp"

namespace florin {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t progress_records = 10'000;  // a line of progress for every so many

// What an auditor reads of a partition.
struct Log {
  PartitionId partition;
  const Journal& journal;
  const EventSource& events;
  const Envelope& envelope;
  const Quarantine& quarantine;
};

Result<Json> replay(const Log& log) {
  std::uint64_t next_line = progress_records;
  const auto progress = [&](Ordinal next) {
    if (next.value < next_line) return;
    next_line = next.value + progress_records;
    std::fprintf(stderr, "partition %s: replayed %s of %s records\n", to_string(log.partition).c_str(),
                 to_string(next).c_str(), to_string(log.journal.head()).c_str());
  };
  FLORIN_TRY_ASSIGN(const auto report, replay::run(log.journal, log.envelope, log.events, log.partition,
                                                   progress, log.quarantine));
  auto json = digest_json(report.digest);
  json["records"] = report.records;
  json["events"] = report.events;
  json["event_records_compared"] = report.compared;
  json["equal"] = true;
  return json;
}

Result<Json> replay_on_kafka(const Settings& settings, const OpenedKeys& keys, PartitionId id) {
  FLORIN_TRY_ASSIGN(const auto log, KafkaPartition::open(settings, keys, id, IfMissing::refuse));
  if (log->journal().head() == Ordinal{0})
    return Json{{"partition", id.value}, {"records", 0}, {"equal", true}};
  FLORIN_TRY_ASSIGN(Json json,
                    replay({id, log->journal(), log->events(), *keys.envelope, log->quarantine()}));
  json["partition"] = id.value;
  return json;
}

Result<std::string> replay_journal(const Settings& settings) {
  if (settings.journal == JournalKind::kafka) {
    FLORIN_TRY_ASSIGN(const OpenedKeys keys, open_keys(settings, IfMissing::refuse));
    return of_each_partition(settings, [&](PartitionId id) { return replay_on_kafka(settings, keys, id); });
  }
  const SystemClock clock;
  FLORIN_TRY_ASSIGN(const DataFolder data, DataFolder::open(settings, clock, IfMissing::refuse));
  FLORIN_TRY_ASSIGN(const Json json, replay({embedded_partition, *data.journal, *data.events, *data.envelope,
                                             data.quarantine}));
  return json.dump();
}

// The server has a working folder of its own, so that it is told an absolute path.
Result<std::string> snapshot(const Settings& settings, const std::string& folder) {
  std::error_code error;
  const auto path = std::filesystem::absolute(folder, error);
  if (error) return fail(Errc::invalid_argument, "there is no path " + folder + ": " + error.message());
  return admin_call(settings.admin_socket, "POST", "/admin/engine/snapshot",
                    nlohmann::ordered_json{{"folder", path.string()}}.dump());
}

Result<std::string> ruleset(const Settings& settings, std::uint32_t number) {
  return admin_call(settings.admin_socket, "POST", "/admin/engine/ruleset",
                    nlohmann::ordered_json{{"ruleset", number}}.dump());
}

}  // namespace

std::vector<CliCommand> engine_commands() {
  auto folder = std::make_shared<std::string>();
  auto number = std::make_shared<std::uint32_t>(0);
  return {
      {"engine snapshot",
       "Copies the running engine's state and events into a new folder, to start another engine from.",
       {"data", "admin-socket"},
       [folder](CLI::App& app) {
         app.add_option("folder", *folder, "A folder that is not there yet")->required();
       },
       [folder](const LoadedSettings& loaded) { return report(snapshot(loaded.values, *folder)); }},
      {"engine ruleset",
       "Puts a ruleset in force, by a record of the running server. It is never taken back.",
       {"data", "admin-socket"},
       [number](CLI::App& app) {
         app.add_option("number", *number, "The ruleset; every engine of the partition must know it")
             ->required();
       },
       [number](const LoadedSettings& loaded) { return report(ruleset(loaded.values, *number)); }},
      {"digest",
       "Prints the state digest of the running server, and the position that it is true at, as JSON.",
       {"data", "admin-socket"},
       {},
       [](const LoadedSettings& loaded) {
         return report(admin_call(loaded.values.admin_socket, "GET", "/admin/digest"));
       }},
      {"replay",
       "Decides the whole journal again, compares every event, prints the digest as JSON; on Kafka that of "
       "each partition. An embedded journal must not be open in a server.",
       with_kafka_settings({"data", "keyring", "journal-path", "journal", "topic-prefix", "partitions"}),
       {},
       [](const LoadedSettings& loaded) { return report(replay_journal(loaded.values)); }}};
}

}  // namespace florin
