#include "deploy/florin/admin_ports.hpp"

#include "deploy/florin/check_port.hpp"
#include "deploy/florin/json_reports.hpp"
#include "deploy/florin/snapshot.hpp"

namespace florin {
namespace {

using Json = nlohmann::ordered_json;

template <class Ask>
Result<std::string> of_each(const Units& units, Ask ask) {
  Json all = Json::array();
  for (const auto& unit : units) {
    FLORIN_TRY_ASSIGN(Json json, ask(*unit));
    all.push_back(std::move(json));
  }
  return dump_partitions(all);
}

Result<Json> digest(const Unit& unit) {
  unit.wait_for_state();
  FLORIN_TRY_ASSIGN(const auto snapshot, unit.state()->store->snapshot());
  FLORIN_TRY_ASSIGN(const auto found, processor::state_digest(*snapshot));
  Json json = digest_json(found);
  if (unit.on_kafka()) json["partition"] = unit.id().value;
  return json;
}

Json status(const Unit& unit) {
  Json json{{"partition", unit.id().value},
            {"journal_head", unit.journal().head().value},
            {"last_event", unit.last_event().value}};
  if (const auto* engine = unit.engine()) {
    json["engine_next_ordinal"] = engine->status().next_ordinal.value;
    json["engine_next_sequence"] = engine->status().next_sequence.value;
    json["engine_publishes"] = engine->engine().publishes();
  }
  if (const auto* appender = unit.appender()) json["in_flight"] = appender->in_flight();
  if (const auto* views = unit.views())
    for (const auto& view : views->status()) json["projections"].push_back(view_json(view));
  return json;
}

// On Kafka the folder becomes one that another engine starts from.
Result<std::string> snapshot(const UnitPorts& ports, const Units& units, std::string_view folder) {
  if (!units.front()->on_kafka())
    return snapshot_engine(*units.front()->state(), ports.keys, ports.settings, folder);
  const std::filesystem::path root(folder);
  std::error_code error;
  if (std::filesystem::exists(root, error))
    return fail(Errc::already_exists, root.string() + " is there already");
  return of_each(units, [&](const Unit& unit) -> Result<Json> {
    const auto own = root / unit.folder().filename();
    FLORIN_TRY(make_data_folder(own));
    FLORIN_TRY_ASSIGN(const auto text,
                      snapshot_engine(*unit.state(), ports.keys, ports.settings, (own / "engine").string()));
    return Json::parse(text);
  });
}

}  // namespace

Json status_json(Roles roles, std::uint64_t node, const std::string& address, const Units& units) {
  const char* role = roles.all()       ? "serve"
                     : roles.gateway   ? "gateway"
                     : roles.projector ? "projector"
                                       : "engine";
  Json json{{"role", role}, {"node", node}, {"address", address}, {"partitions", Json::array()}};
  for (const auto& unit : units) json["partitions"].push_back(status(*unit));
  return json;
}

gateway::AdminPorts admin_ports(const UnitPorts& ports, const Units& units, gateway::WorkerPool& workers) {
  gateway::AdminPorts made{workers};
  made.status = [&units] {
    return of_each(units, [](const Unit& unit) -> Result<Json> { return status(unit); });
  };
  const Unit& first = *units.front();
  if (first.state() != nullptr) {
    made.digest = [&units] { return of_each(units, digest); };
    made.snapshot = [&ports, &units](std::string_view folder) { return snapshot(ports, units, folder); };
  }
  if (first.views() != nullptr)
    made.rebuild = [&units](std::string_view view) -> Result<std::string> {
      for (const auto& unit : units) FLORIN_TRY(unit->views()->rebuild(view));
      return Json{{"rebuilding", view}}.dump();
    };
  if (first.check() != nullptr) made.check = check_port(units);
  return made;
}

}  // namespace florin
