#include "engine/journal/kafka_topics.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace florin {
namespace {

constexpr std::int32_t partitions_max = 1024;
constexpr std::int32_t replication_max = 15;
constexpr const char* processes_retention_ms = "86400000";  // a day
constexpr std::size_t prefix_bytes_max = 200;               // a topic's name has up to 249

enum class Rule : std::uint8_t { equal, at_least, at_most };

// How a setting of a topic that is there may differ. A setting that is not here is not looked at.
struct Row {
  std::string_view setting;
  Rule rule;
  std::string_view why;
};
constexpr std::array rows{
    Row{"cleanup.policy", Rule::equal, "else records are deleted or merged"},
    Row{"retention.ms", Rule::equal, "else old records are deleted"},
    Row{"retention.bytes", Rule::equal, "else old records are deleted"},
    Row{"min.insync.replicas", Rule::at_least, "else a record is acknowledged that too few brokers have"},
    Row{"unclean.leader.election.enable", Rule::equal,
        "else a broker that missed records may lead, and they are lost"},
    Row{"message.timestamp.type", Rule::equal, "else a record's time is not the broker's"},
    Row{"max.message.bytes", Rule::at_least, "else large records are refused"},
    Row{"flush.messages", Rule::at_most,
        "else the only broker acknowledges records that are not on its disk yet"},
    Row{"segment.ms", Rule::at_most,
        "else a key that was destroyed stays in a segment that is not compacted"},
    Row{"max.compaction.lag.ms", Rule::at_most, "else a key that was destroyed stays for longer"},
    Row{"min.compaction.lag.ms", Rule::at_most, "else a key that was destroyed stays for longer"},
    Row{"file.delete.delay.ms", Rule::at_most, "else the file of a key that was destroyed stays for longer"},
};

constexpr std::array<std::pair<const char*, const char*>, 5> keyring_settings{{
    {"cleanup.policy", "compact"},
    {"segment.ms", "10000"},
    {"max.compaction.lag.ms", "10000"},
    {"min.compaction.lag.ms", "0"},
    {"file.delete.delay.ms", "1000"},
}};

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool keeps(Rule rule, const std::string& wanted, const std::string& found) {
  if (rule == Rule::equal) return wanted == found;
  const auto want = number(wanted), have = number(found);
  if (!want || !have) return false;
  return rule == Rule::at_least ? *have >= *want : *have <= *want;
}

// Two copies of what is acknowledged, where there are two; with three, one broker may be away.
std::int32_t in_sync_min(std::int32_t replication) {
  return std::max(std::min(replication, 2), replication - 1);
}

std::map<std::string, std::string> settings_for(std::int32_t replication) {
  std::map<std::string, std::string> settings{
      {"cleanup.policy", "delete"},
      {"retention.ms", "-1"},
      {"retention.bytes", "-1"},
      {"min.insync.replicas", std::to_string(in_sync_min(replication))},
      {"unclean.leader.election.enable", "false"},
      {"message.timestamp.type", "LogAppendTime"},
      {"max.message.bytes", std::to_string(kafka::batch_bytes_max)},
  };
  if (replication == 1) settings["flush.messages"] = "1";
  return settings;
}

tl::unexpected<Error> refused(const kafka::Topic& topic, const std::string& setting, const std::string& found,
                              const std::string& wanted, std::string_view why) {
  return fail(Errc::invalid_argument, "the topic " + topic.name + " has " + setting + " " + found +
                                          ", and must have " + wanted + ", " + std::string(why) +
                                          "; change it by the tools of Kafka, or choose another prefix");
}

}  // namespace

bool is_topic_prefix(std::string_view text) {
  return !text.empty() && text.size() <= prefix_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

std::string journal_topic(std::string_view prefix) { return std::string(prefix) + ".journal"; }
std::string events_topic(std::string_view prefix) { return std::string(prefix) + ".events"; }
std::string keyring_topic(std::string_view prefix) { return std::string(prefix) + ".keyring"; }
std::string processes_topic(std::string_view prefix) { return std::string(prefix) + ".processes"; }

Result<std::vector<kafka::Topic>> florin_topics(const TopicOptions& options) {
  if (!is_topic_prefix(options.prefix))
    return fail(Errc::invalid_argument, "a topic prefix has 1 to " + std::to_string(prefix_bytes_max) +
                                            " letters, digits, dots, hyphens and underscores");
  if (options.partitions < 1 || options.partitions > partitions_max)
    return fail(Errc::invalid_argument, "a topic has 1 to " + std::to_string(partitions_max) + " partitions");
  if (options.replication < 1 || options.replication > replication_max)
    return fail(Errc::invalid_argument, "a topic has 1 to " + std::to_string(replication_max) + " replicas");
  const auto settings = settings_for(options.replication);
  std::vector<kafka::Topic> topics{
      {journal_topic(options.prefix), options.partitions, options.replication, settings},
      {events_topic(options.prefix), options.partitions, options.replication, settings},
      {processes_topic(options.prefix), 1, options.replication, settings},
      {keyring_topic(options.prefix), 1, options.replication, settings},
  };
  topics[2].settings["retention.ms"] = processes_retention_ms;
  topics[2].settings.erase("flush.messages");  // what is lost of it is said again
  // The newest record of each key is its truth, and what it replaces is soon gone: by max.compaction.lag.ms
  // brokers compact however little has changed, which they do in all segments but the newest.
  for (const auto& [setting, value] : keyring_settings) topics.back().settings[setting] = value;
  return topics;
}

Result<void> check_topic(const kafka::Topic& wanted, const kafka::Topic& found) {
  if (found.partitions != wanted.partitions)
    return refused(wanted, "partitions", std::to_string(found.partitions), std::to_string(wanted.partitions),
                   "since which one a book is in was decided with their number");
  if (found.replication < wanted.replication)
    return refused(wanted, "replicas", std::to_string(found.replication),
                   std::to_string(wanted.replication) + " or more", "else a disk takes records with it");
  for (const Row& row : rows) {
    const std::string name(row.setting);
    const auto want = wanted.settings.find(name);
    const auto have = found.settings.find(name);
    if (want == wanted.settings.end()) continue;
    const std::string text = have == found.settings.end() ? "(none)" : have->second;
    if (!keeps(row.rule, want->second, text))
      return refused(wanted, name, text,
                     want->second + (row.rule == Rule::at_least  ? " or more"
                                     : row.rule == Rule::at_most ? " or less"
                                                                 : ""),
                     row.why);
  }
  return {};
}

}  // namespace florin
