// florin status
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "deploy/florin/admin_client.hpp"
#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/kafka_connection.hpp"
#include "deploy/florin/process_reports.hpp"

namespace florin {
namespace {

using Json = nlohmann::ordered_json;

// Every process as an object with a list of partitions. An embedded one has a single partition.
Result<Json> processes(const Settings& settings) {
  if (settings.journal == JournalKind::kafka) {
    FLORIN_TRY_ASSIGN(auto reports, read_reports(settings));
    return Json(std::move(reports));
  }
  FLORIN_TRY_ASSIGN(const auto text, admin_call(settings.admin_socket, "GET", "/admin/status"));
  const Json partition = Json::parse(text);
  return Json::array({Json{{"role", "serve"}, {"node", 1}, {"partitions", Json::array({partition})}}});
}

std::uint64_t number(const Json& json, const char* name) { return json.value(name, std::uint64_t{0}); }

std::string behind(std::uint64_t position, std::uint64_t head) {
  const std::uint64_t lag = head > position ? head - position : 0;
  return lag == 0 ? "" : " (" + std::to_string(lag) + " behind)";
}

// One line for what a process is to a partition.
std::string line(const Json& process, const Json& partition, std::uint64_t head, std::uint64_t events) {
  std::string text = "  " + process.value("role", "?") + " " + std::to_string(number(process, "node"));
  if (process.contains("address")) text += " at " + process.value("address", "");
  if (partition.contains("engine_next_ordinal")) {
    const std::uint64_t decided = number(partition, "engine_next_ordinal");
    text += std::string(partition.value("engine_publishes", true) ? ", publishes" : ", stands by") +
            ", decided " + std::to_string(decided) + behind(decided, head);
  }
  if (partition.contains("in_flight"))
    text += ", " + std::to_string(number(partition, "in_flight")) + " in flight";
  for (const Json& view : partition.value("projections", Json::array())) {
    const std::uint64_t at = number(view, "position");
    text += ", " + view.value("name", "") + " at " + std::to_string(at) + behind(at, events);
    if (view.value("state", "running") != "running") text += " " + view.value("state", "");
  }
  return text + "\n";
}

std::string table(const Json& all) {
  std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> ends;  // of journal and events
  for (const Json& process : all)
    for (const Json& partition : process.value("partitions", Json::array())) {
      auto& [head, events] = ends[number(partition, "partition")];
      head = std::max(head, number(partition, "journal_head"));
      events = std::max(events, number(partition, "last_event"));
    }
  std::string text = ends.empty() ? "no process has said anything in the last seconds\n" : "";
  for (const auto& [id, end] : ends) {
    text += "partition " + std::to_string(id) + ": " + std::to_string(end.first) + " records, " +
            std::to_string(end.second) + " events\n";
    for (const Json& process : all)
      for (const Json& partition : process.value("partitions", Json::array()))
        if (number(partition, "partition") == id) text += line(process, partition, end.first, end.second);
  }
  text.pop_back();
  return text;
}

}  // namespace

std::vector<CliCommand> status_commands() {
  auto json = std::make_shared<bool>(false);
  return {{"status", "Shows each partition's head, and each process's position, lag and part in it.",
           with_kafka_settings({"data", "admin-socket", "journal", "topic-prefix"}),
           [json](CLI::App& app) { app.add_flag("--json", *json, "As JSON, one object for each process"); },
           [json](const LoadedSettings& loaded) {
             const auto all = processes(loaded.values);
             if (!all) return report(Result<void>(fail(all.error())));
             return report(Result<std::string>(*json ? all->dump() : table(*all)));
           }}};
}

}  // namespace florin
