// florin topics create
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "deploy/florin/commands/commands.hpp"
#include "deploy/florin/kafka_connection.hpp"
#include "engine/journal/kafka_topics.hpp"

namespace florin {
namespace {

struct Options {
  std::int32_t partitions = TopicOptions{}.partitions;
  std::int32_t replication = TopicOptions{}.replication;
};

// All that are there are looked at before one is made: a mistake leaves nothing behind.
Result<std::string> create(const Settings& settings, const Options& options) {
  FLORIN_TRY_ASSIGN(const auto wanted,
                    florin_topics({settings.topic_prefix, options.partitions, options.replication}));
  FLORIN_TRY_ASSIGN(const auto connection, kafka_connection(settings));
  FLORIN_TRY_ASSIGN(const auto brokers, kafka::Topics::open(connection));
  std::vector<const kafka::Topic*> missing;
  for (const kafka::Topic& topic : wanted) {
    FLORIN_TRY_ASSIGN(const auto found, brokers->find(topic.name));
    if (found) FLORIN_TRY(check_topic(topic, *found));
    else missing.push_back(&topic);
  }
  for (const kafka::Topic* topic : missing) FLORIN_TRY(brokers->create(*topic));
  auto made = nlohmann::ordered_json::array(), kept = nlohmann::ordered_json::array();
  for (const kafka::Topic& topic : wanted)
    (std::find(missing.begin(), missing.end(), &topic) != missing.end() ? made : kept).push_back(topic.name);
  return nlohmann::ordered_json{{"created", made}, {"already_there", kept}}.dump();
}

}  // namespace

std::vector<CliCommand> topic_commands() {
  auto options = std::make_shared<Options>();
  return {{"topics create",
           "Makes the topics of journal, events and keyring; refuses one that is there with settings that "
           "lose data.",
           with_kafka_settings({"topic-prefix"}),
           [options](CLI::App& app) {
             app.add_option("--partitions", options->partitions, "Partitions of journal and events")
                 ->capture_default_str();
             app.add_option("--replication", options->replication,
                            "Brokers that have each record; with 1 it is synced to the disk first")
                 ->capture_default_str();
           },
           [options](const LoadedSettings& loaded) { return report(create(loaded.values, *options)); }}};
}

}  // namespace florin
