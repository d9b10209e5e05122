// florin journal check, florin journal quarantine; florin journal copy has a file of its own
#include "deploy/florin/commands/journal.hpp"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/data_folder.hpp"
#include "deploy/florin/kafka_connection.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/processor/processor.hpp"
#include "engine/replay/journal_part.hpp"
#include "projections/read_models.hpp"

namespace florin {

Result<Quarantine> known_quarantine(const Settings& settings) {
  std::error_code error;
  if (!std::filesystem::exists(quarantine_file(settings), error)) return Quarantine{};
  FLORIN_TRY_ASSIGN(const auto keyring, open_keyring(settings, IfMissing::refuse));
  return open_quarantine(settings, *keyring);
}

tl::unexpected<Error> decided_already(Ordinal ordinal, const std::string& who) {
  return fail(Errc::invalid_argument, "record " + to_string(ordinal) + " was decided, and " + who +
                                          " has its events; it cannot be passed over any more, restore the "
                                          "journal");
}

tl::unexpected<Error> in_quarantine_already(Ordinal ordinal) {
  return fail(Errc::already_exists, "record " + to_string(ordinal) + " is in quarantine already");
}

namespace {

Result<std::string> check(const Settings& settings) {
  if (settings.journal == JournalKind::kafka) return check_on_kafka(settings);
  FLORIN_TRY_ASSIGN(const Quarantine quarantine, known_quarantine(settings));
  FLORIN_TRY_ASSIGN(const auto checked, check_journal(settings.journal_path, embedded_partition, quarantine));
  return nlohmann::ordered_json{{"segments", checked.segments},
                                {"records", checked.head.value},
                                {"quarantined", quarantine.size()},
                                {"whole", true}}
      .dump();
}

// What is decided and published stays: neither the engine nor a read model may know more than what the
// records before this one give.
Result<void> check_undecided(const Settings& settings, const DataFolder& data, Ordinal ordinal) {
  if (const auto last = data.events->last_ordinal(); last && *last >= ordinal)
    return decided_already(ordinal, "the engine");
  const replay::JournalPart before(*data.journal, ordinal);
  FLORIN_TRY_ASSIGN(const auto engine, processor::Processor::open({before, *data.store, *data.events,
                                                                   *data.envelope, data.quarantine},
                                                                  embedded_partition));
  for (std::size_t records = 1; records > 0;) {
    FLORIN_TRY_ASSIGN(records, engine->step());
  }
  const auto stores = [&](const std::filesystem::path& folder) {
    return open_store(settings, *data.keyring, folder);
  };
  FLORIN_TRY_ASSIGN(const auto views,
                    projections::ReadModels::open(settings.data / "views", *data.events, stores));
  for (const auto& view : views->status())
    if (view.health.position >= engine->status().next_sequence)
      return decided_already(ordinal, "the read model " + view.name);
  return {};
}

Result<std::string> quarantine(const Settings& settings, const QuarantineOptions& options) {
  if (settings.journal == JournalKind::kafka) return quarantine_on_kafka(settings, options);
  const SystemClock clock;
  const Ordinal ordinal{options.position};
  FLORIN_TRY_ASSIGN(auto keyring, open_keyring(settings, IfMissing::refuse));
  FLORIN_TRY_ASSIGN(Quarantine list, open_quarantine(settings, *keyring));
  if (list.contains(ordinal)) return in_quarantine_already(ordinal);
  FLORIN_TRY_ASSIGN(const FoundRecord found, find_record(settings.journal_path, embedded_partition, ordinal));
  if (!found.altered && Envelope(*keyring).open_record(found.sealed))
    return fail(Errc::invalid_argument,
                "record " + to_string(ordinal) + " opens; only one that nobody can open may be passed over");
  if (!keyring->newest(KeyPurpose::operator_signing))
    FLORIN_TRY(keyring->create(KeyPurpose::operator_signing));
  const Hash256 hash = blake2b(found.sealed);
  list[ordinal] = {hash, clock.now(), options.reason};
  FLORIN_TRY_ASSIGN(const DataFolder data, DataFolder::open(settings, clock, std::move(keyring), list));
  FLORIN_TRY(check_undecided(settings, data, ordinal));
  FLORIN_TRY(write_quarantine(quarantine_file(settings), embedded_partition, list, *data.keyring));
  return nlohmann::ordered_json{{"record", ordinal.value},
                                {"hash", to_hex(hash)},
                                {"file", quarantine_file(settings).string()},
                                {"quarantined", list.size()}}
      .dump();
}

}  // namespace

std::vector<CliCommand> journal_commands() {
  auto options = std::make_shared<QuarantineOptions>();
  return {
      {"journal check",
       "Reads and verifies every byte of the journal (server stopped), or on Kafka every record; changes "
       "nothing.",
       with_kafka_settings({"data", "keyring", "journal-path", "journal", "topic-prefix", "partitions"}),
       {},
       [](const LoadedSettings& loaded) { return report(check(loaded.values)); }},
      {"journal quarantine",
       "Passes over a record that nobody can open (server stopped), by a signed list beside the journal; on "
       "Kafka every engine needs that list in its data folder.",
       with_kafka_settings({"data", "keyring", "journal-path", "journal", "topic-prefix"}),
       [options](CLI::App& app) {
         app.add_option("position", options->position, "The record's ordinal, as the error names it")
             ->required();
         app.add_option("--partition", options->partition, "On Kafka; 0 when left out");
         app.add_option("--reason", options->reason, "Why, for whoever audits the journal")->required();
       },
       [options](const LoadedSettings& loaded) { return report(quarantine(loaded.values, *options)); }},
      journal_copy_command()};
}

}  // namespace florin
