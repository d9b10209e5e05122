// One broker of three ends: appends go on, what was acknowledged is there once, and nobody saw an error.
#include <doctest/doctest.h>
#include <csignal>

#include "engine/journal/kafka_journal.hpp"
#include "tests/support/kafka_broker.hpp"

namespace florin {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t before_kill = 300, in_all = 900;  // records, in groups of 3

Bytes numbered(std::uint64_t number) {
  Bytes bytes(64, 7);
  for (std::size_t i = 0; i < sizeof(number); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return bytes;
}

std::vector<Bytes> group(std::uint64_t first) {
  return {numbered(first), numbered(first + 1), numbered(first + 2)};
}

}  // namespace

TEST_CASE(
    "given three brokers, when the leader is killed under load, then no append fails and none is doubled") {
  if (!test::kafka_available()) return;
  test::KafkaCluster cluster(3);
  const kafka::Partition partition = cluster.new_topic();
  auto writer = KafkaJournal::open(cluster.connection(), partition);
  REQUIRE_MESSAGE(writer, (writer ? "" : writer.error().message));
  auto reader = KafkaJournal::open(cluster.connection(), partition);
  REQUIRE_MESSAGE(reader, (reader ? "" : reader.error().message));
  auto longest = 0ms;
  for (std::uint64_t next = 0; next < in_all; next += 3) {
    if (next == before_kill) cluster.signal(cluster.leader(partition), SIGKILL);
    const auto begin = std::chrono::steady_clock::now();
    const auto appended = (*writer)->append(group(next));
    REQUIRE_MESSAGE(appended, (appended ? "" : appended.error().message));
    CHECK(appended->first == Ordinal{next});
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now() - begin));
  }
  MESSAGE("the longest append took " << longest.count() << " ms");
  CHECK(longest < 10s);
  REQUIRE((*reader)->wait_beyond({in_all - 1}, std::chrono::steady_clock::now() + 20s));
  CHECK((*reader)->head() == Ordinal{in_all});
  const auto records = (*reader)->read({0}, 1u << 30);
  REQUIRE_MESSAGE(records, (records ? "" : records.error().message));
  REQUIRE(records->size() == in_all);
  for (std::uint64_t i = 0; i < in_all; ++i) REQUIRE(records->at(i).sealed == numbered(i));
}

}  // namespace florin
