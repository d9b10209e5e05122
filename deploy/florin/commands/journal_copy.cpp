// florin journal copy
#include "engine/journal/journal_copy.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/commands/journal.hpp"
#include "deploy/florin/data_folder.hpp"
#include "deploy/florin/kafka_connection.hpp"
#include "deploy/florin/stopwatch.hpp"
#include "engine/clock/system_clock.hpp"
#include "engine/journal/kafka_journal.hpp"
#include "engine/journal/kafka_record.hpp"
#include "engine/journal/kafka_topics.hpp"
#include "engine/keyring/private_file.hpp"
#include "gateway/import/progress.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kafka_name = "kafka";
// What an interrupted copy has sent may still come to be appended; so long must nothing have come.
constexpr auto settle_time = 1s;
constexpr int settle_rounds_max = 10;

struct Options {
  std::string from, to;
};

Result<std::unique_ptr<SegmentJournal>> open_embedded(const Settings& settings, const Clock& clock) {
  SegmentJournalOptions options;
  options.segment_bytes = settings.segment_mib << 20;
  FLORIN_TRY_ASSIGN(options.quarantine, known_quarantine(settings));
  return SegmentJournal::open(settings.journal_path, embedded_partition, clock, std::move(options));
}

Result<std::unique_ptr<KafkaJournal>> open_kafka(const Settings& settings) {
  FLORIN_TRY_ASSIGN(const auto connection, kafka_connection(settings));
  const auto number = static_cast<std::int32_t>(embedded_partition.value);
  return KafkaJournal::open(connection, {journal_topic(settings.topic_prefix), number});
}

Result<void> settle(const KafkaJournal& journal) {
  if (journal.head() == Ordinal{0}) return {};
  for (int round = 0; round < settle_rounds_max; ++round)
    if (!journal.wait_beyond(journal.head(), std::chrono::steady_clock::now() + settle_time)) return {};
  return fail(Errc::already_exists,
              "somebody appends to the journal to copy into; a copy goes only into one that nobody uses");
}

// A record that no reader would take is not sent.
Result<void> check_stamps(const Journal& source, const Clock& clock) {
  if (source.head() == Ordinal{0}) return {};
  FLORIN_TRY_ASSIGN(const auto last, source.read({source.head().value - 1}, 0));
  if (may_be_copied(last.front().stamp, clock.now())) return {};
  return fail(Errc::invalid_argument,
              "the journal's last record is stamped later than now; set this machine's clock, or wait");
}

Result<std::string> run(JournalCopy copy, const Settings& settings) {
  const Stopwatch watch;
  importing::Progress progress(stderr, isatty(STDERR_FILENO) == 1);
  const auto advance = [&](std::uint64_t records) { progress.advance(records); };
  progress.start("comparing", copy.already_there());
  FLORIN_TRY(copy.compare(advance));
  progress.start("copying", copy.records() - copy.already_there());
  FLORIN_TRY(copy.copy(advance));
  progress.finish();
  auto left = nlohmann::ordered_json::array({settings.keyring.string()});
  std::error_code ignored;
  if (std::filesystem::exists(quarantine_file(settings), ignored))
    left.push_back(quarantine_file(settings).string());
  return nlohmann::ordered_json{{"records", copy.records()},
                                {"already_there", copy.already_there()},
                                {"ms", watch.ms()},
                                {"needed_as_well", left}}
      .dump();
}

Result<std::string> copy_to_kafka(const Settings& settings, const Clock& clock) {
  std::error_code ignored;
  if (!std::filesystem::exists(settings.journal_path, ignored))
    return fail(Errc::not_found, "there is no journal in " + settings.journal_path.string());
  FLORIN_TRY_ASSIGN(const auto source, open_embedded(settings, clock));
  FLORIN_TRY(check_stamps(*source, clock));
  FLORIN_TRY_ASSIGN(const auto target, open_kafka(settings));
  FLORIN_TRY(settle(*target));
  return run({*source, *target, [&](auto records) { return target->append_copied(records); }}, settings);
}

Result<std::string> copy_from_kafka(const Settings& settings, const Clock& clock) {
  FLORIN_TRY_ASSIGN(const auto source, open_kafka(settings));
  FLORIN_TRY(make_private_folder(settings.journal_path.parent_path()));
  FLORIN_TRY_ASSIGN(const auto target, open_embedded(settings, clock));
  return run({*source, *target, [&](auto records) { return target->append_copied(records); }}, settings);
}

Result<std::string> copy(const Settings& settings, const Options& options) {
  const SystemClock clock;
  if (options.to == kafka_name && options.from.empty()) return copy_to_kafka(settings, clock);
  if (options.from == kafka_name && options.to.empty()) return copy_from_kafka(settings, clock);
  return fail(Errc::invalid_argument,
              "say --to kafka, or --from kafka; the other side is the journal of the data folder");
}

}  // namespace

CliCommand journal_copy_command() {
  auto options = std::make_shared<Options>();
  return {
      "journal copy",
      "Copies the data folder's journal (server stopped) to Kafka, or back: the same records and stamps; run "
      "again, it goes on where it stopped.",
      with_kafka_settings({"data", "keyring", "journal-path", "segment-mib", "topic-prefix"}),
      [options](CLI::App& app) {
        app.add_option("--to", options->to, "kafka: from the data folder to the topic PREFIX.journal");
        app.add_option("--from", options->from,
                       "kafka: from that topic into a data folder without a journal");
      },
      [options](LoadedSettings& loaded) {
        // The data folder's side is embedded and has its own keys, whatever the servers of this machine run
        // on.
        loaded.values.journal = JournalKind::embedded;
        return report(copy(loaded.values, *options));
      }};
}

}  // namespace florin
