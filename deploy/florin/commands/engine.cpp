// florin digest, florin replay, florin journal check
#include <cstdio>
#include <nlohmann/json.hpp>

#include "deploy/florin/admin_client.hpp"
#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/data_folder.hpp"
#include "deploy/florin/json_reports.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/replay/replay.hpp"

namespace florin {
namespace {

constexpr std::uint64_t progress_records = 10'000;  // a line of progress for every so many

Result<std::string> replay_journal(const Settings& settings) {
  const SystemClock clock;
  FLORIN_TRY_ASSIGN(const DataFolder data, DataFolder::open(settings, clock, IfMissing::refuse));
  std::uint64_t next_line = progress_records;
  const auto progress = [&](Ordinal next) {
    if (next.value < next_line) return;
    next_line = next.value + progress_records;
    std::fprintf(stderr, "replayed %s of %s records\n", to_string(next).c_str(),
                 to_string(data.journal->head()).c_str());
  };
  FLORIN_TRY_ASSIGN(const auto report,
                    replay::run(*data.journal, *data.envelope, *data.events, embedded_partition, progress));
  auto json = digest_json(report.digest);
  json["records"] = report.records;
  json["events"] = report.events;
  json["event_records_compared"] = report.compared;
  json["equal"] = true;
  return json.dump();
}

Result<std::string> check(const Settings& settings) {
  FLORIN_TRY_ASSIGN(const auto checked, check_journal(settings.journal_path, embedded_partition));
  return nlohmann::ordered_json{
      {"segments", checked.segments}, {"records", checked.head.value}, {"whole", true}}
      .dump();
}

}  // namespace

std::vector<CliCommand> engine_commands() {
  return {
      {"digest",
       "Prints the state digest of the running server, and the position that it is true at, as JSON.",
       {"data", "admin-socket"},
       {},
       [](const LoadedSettings& loaded) {
         return report(admin_call(loaded.values.admin_socket, "GET", "/admin/digest"));
       }},
      {"replay",
       "Decides the whole journal again (server stopped), compares every event, prints the digest as JSON.",
       {"data", "keyring", "journal-path"},
       {},
       [](const LoadedSettings& loaded) { return report(replay_journal(loaded.values)); }},
      {"journal check",
       "Reads and verifies every byte of the journal (server stopped); changes nothing.",
       {"data", "journal-path"},
       {},
       [](const LoadedSettings& loaded) { return report(check(loaded.values)); }}};
}

}  // namespace florin
