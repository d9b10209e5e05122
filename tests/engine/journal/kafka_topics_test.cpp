#include "engine/journal/kafka_topics.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/journal/journal.hpp"

namespace florin {
namespace {

kafka::Topic journal_of(std::int32_t replication) {
  return florin_topics({.prefix = "a", .partitions = 4, .replication = replication})->front();
}

TEST_CASE("given three replicas, then two must have a record, and nothing of the journal is ever deleted") {
  const auto topics = florin_topics({.prefix = "bank", .partitions = 4, .replication = 3});
  REQUIRE(topics);
  REQUIRE(topics->size() == 4);
  CHECK(topics->at(0).name == "bank.journal");
  CHECK(topics->at(1).name == "bank.events");
  CHECK(topics->at(2).name == "bank.processes");
  CHECK(topics->at(2).settings.at("retention.ms") == "86400000");
  CHECK(topics->at(2).partitions == 1);
  CHECK(topics->at(3).name == "bank.keyring");
  CHECK(topics->at(3).settings.at("cleanup.policy") == "compact");
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(topics->at(i).partitions == 4);
    CHECK(topics->at(i).settings.at("cleanup.policy") == "delete");
    CHECK(topics->at(i).settings.at("retention.ms") == "-1");
    CHECK(topics->at(i).settings.at("retention.bytes") == "-1");
    CHECK(topics->at(i).settings.at("min.insync.replicas") == "2");
    CHECK(topics->at(i).settings.at("message.timestamp.type") == "LogAppendTime");
    CHECK(topics->at(i).settings.count("flush.messages") == 0);
  }
  CHECK(std::stoull(topics->at(0).settings.at("max.message.bytes")) > append_group_bytes_max);
}

TEST_CASE("given one replica, then each batch is synced; given two, both must have a record") {
  CHECK(journal_of(1).settings.at("flush.messages") == "1");
  CHECK(journal_of(1).settings.at("min.insync.replicas") == "1");
  CHECK(journal_of(2).settings.at("min.insync.replicas") == "2");
  CHECK(journal_of(2).settings.count("flush.messages") == 0);
}

TEST_CASE("given a count or a prefix that no topic has, then it is refused") {
  for (const TopicOptions& options :
       {TopicOptions{.prefix = ""}, TopicOptions{.prefix = "a b"},
        TopicOptions{.prefix = std::string(201, 'a')}, TopicOptions{.partitions = 0},
        TopicOptions{.partitions = 1025}, TopicOptions{.replication = 0}, TopicOptions{.replication = 16}}) {
    const auto topics = florin_topics(options);
    REQUIRE(!topics);
    CHECK(topics.error().code == Errc::invalid_argument);
  }
}

TEST_CASE("given a topic that is there, then each setting that would lose or refuse records is named") {
  const kafka::Topic wanted = journal_of(3);
  CHECK(check_topic(wanted, wanted).has_value());

  const auto refuses = [&](const kafka::Topic& found, const std::string& setting) {
    const auto checked = check_topic(wanted, found);
    REQUIRE_MESSAGE(!checked, setting);
    CHECK(checked.error().code == Errc::invalid_argument);
    CHECK_MESSAGE(checked.error().message.find(" has " + setting + " ") != std::string::npos,
                  checked.error().message);
  };
  kafka::Topic found = wanted;
  found.partitions = 5;
  refuses(found, "partitions");
  found = wanted;
  found.replication = 2;
  refuses(found, "replicas");
  const std::vector<std::pair<std::string, std::string>> losing{
      {"cleanup.policy", "compact"},     {"cleanup.policy", "compact,delete"},
      {"retention.ms", "604800000"},     {"retention.bytes", "1000000"},
      {"min.insync.replicas", "1"},      {"unclean.leader.election.enable", "true"},
      {"max.message.bytes", "1048588"},  {"message.timestamp.type", "CreateTime"},
      {"min.insync.replicas", "unknown"}};
  for (const auto& [setting, value] : losing) {
    found = wanted;
    found.settings[setting] = value;
    refuses(found, setting);
  }
  found = wanted;
  found.settings.erase("retention.ms");
  refuses(found, "retention.ms");
}

TEST_CASE(
    "given a topic of the keyring that would keep a destroyed key for long, then the setting is named") {
  const kafka::Topic wanted = florin_topics({.prefix = "a", .replication = 1})->back();
  for (const std::string setting : {"cleanup.policy", "segment.ms", "max.compaction.lag.ms",
                                    "min.compaction.lag.ms", "file.delete.delay.ms"}) {
    kafka::Topic found = wanted;
    found.settings[setting] = setting == "cleanup.policy" ? "delete" : "60000";
    const auto checked = check_topic(wanted, found);
    REQUIRE_MESSAGE(!checked, setting);
    CHECK(checked.error().message.find("a.keyring has " + setting + " ") != std::string::npos);
  }
  kafka::Topic faster = wanted;
  faster.settings["segment.ms"] = "500";
  CHECK(check_topic(wanted, faster).has_value());
}

TEST_CASE("given a topic that is stricter than what is wanted, then it is taken") {
  const kafka::Topic wanted = journal_of(3);
  kafka::Topic found = wanted;
  found.replication = 5;
  found.settings["min.insync.replicas"] = "3";
  found.settings["max.message.bytes"] = "100000000";
  found.settings["segment.bytes"] = "1073741824";
  CHECK(check_topic(wanted, found).has_value());
  const kafka::Topic single = journal_of(1);
  found = single;
  found.settings["flush.messages"] = "9223372036854775807";
  const auto unsynced = check_topic(single, found);
  REQUIRE(!unsynced);
  CHECK(unsynced.error().message.find("flush.messages") != std::string::npos);
}

}  // namespace
}  // namespace florin
