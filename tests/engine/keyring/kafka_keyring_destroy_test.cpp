#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "engine/base/hash.hpp"
#include "tests/engine/keyring/keyring_topic.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;
using test::open_keyring;

constexpr KeyPurpose data = KeyPurpose::data;
// The broker deletes a file some time after it was replaced, by file.delete.delay.ms.
constexpr std::chrono::seconds deleted_wait{60};

bool any_file_holds(const fs::path& folder, const std::string& text) {
  for (const auto& entry :
       fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(in)), {});
    if (content.find(text) != std::string::npos) return true;
  }
  return false;
}

bool comes_off_the_disk(const fs::path& folder, const std::string& text) {
  for (const auto end = std::chrono::steady_clock::now() + deleted_wait;
       std::chrono::steady_clock::now() < end; std::this_thread::sleep_for(std::chrono::milliseconds(100))) {
    try {
      if (!any_file_holds(folder, text)) return true;
    } catch (const fs::filesystem_error&) {  // one that the broker has deleted meanwhile
    }
  }
  return false;
}

std::vector<std::string> wrapped_of(const std::vector<TopicRecord>& records, KeyId id) {
  std::vector<std::string> out;
  for (const TopicRecord& record : records)
    if (const auto claim = parse_claim(record.name); claim->purpose == data && claim->id == id)
      if (!claim->token.empty() && !record.value.empty())
        out.push_back(record.value.substr(record.value.find("\"wrapped\"")));
  return out;
}

bool fails_to_be_there(const Keyring& keyring, KeyId id) {
  const auto key = keyring.key(data, id);
  return !key && key.error().code == Errc::key_missing;
}

TEST_CASE(
    "given a key that was wrapped twice, when it is destroyed, then no process has it, nor the topic, nor "
    "the disk") {
  if (!test::kafka_available()) return;
  const auto topic = test::new_keyring_topic(test::fast_compaction);
  const fs::path disk = test::kafka_broker().data(1) / (topic.topic + "-0");
  const SecretKey kek = SecretKey::random(), before = SecretKey::random();
  REQUIRE(open_keyring(topic, before)->create(data));
  const auto keyring = open_keyring(topic, kek, before.clone()),
             other = open_keyring(topic, kek, before.clone());
  REQUIRE(keyring->rotate_kek());
  const auto records = wrapped_of(test::records_of(topic), {1});
  REQUIRE(!records.empty());
  REQUIRE(any_file_holds(disk, records.back()));

  const auto destroyed = keyring->destroy(data, {1});
  REQUIRE_MESSAGE(destroyed, (destroyed ? "" : destroyed.error().message));
  CHECK(wrapped_of(test::records_of(topic), {1}).empty());
  CHECK(fails_to_be_there(*keyring, {1}));
  CHECK(fails_to_be_there(*other, {1}));
  CHECK(fails_to_be_there(*open_keyring(topic, kek), {1}));
  for (const std::string& wrapped : records) CHECK(comes_off_the_disk(disk, wrapped));
  CHECK(keyring->key(data, {2}));
  CHECK(any_file_holds(disk, wrapped_of(test::records_of(topic), {2}).back()));
  CHECK(keyring->destroy(data, {1}));  // verified again
}

TEST_CASE(
    "given brokers that do not compact yet, then destroying ends as not yet verified, and goes on when asked "
    "again") {
  if (!test::kafka_available()) return;
  // The segment is closed within the second call's wait, and not within the first one's.
  const auto topic = test::new_keyring_topic({{"segment.ms", "4000"}, {"max.compaction.lag.ms", "4000"}});
  const SecretKey kek = SecretKey::random();
  const auto keyring =
      open_keyring(topic, kek, std::nullopt, {.destroy_wait = std::chrono::milliseconds(2'500)});
  const auto patient = open_keyring(topic, kek);
  REQUIRE(keyring->create(data));
  const auto waiting = keyring->destroy(data, {1});
  REQUIRE(!waiting);
  CHECK(waiting.error().code == Errc::deadline);
  CHECK(waiting.error().message.find("not yet verified") != std::string::npos);
  CHECK(fails_to_be_there(*keyring, {1}));
  const auto destroyed = patient->destroy(data, {1});
  REQUIRE_MESSAGE(destroyed, (destroyed ? "" : destroyed.error().message));
  CHECK(wrapped_of(test::records_of(topic), {1}).empty());
}

TEST_CASE(
    "given a claim that lost and was left behind, when the key is destroyed, then it does not take its "
    "place") {
  if (!test::kafka_available()) return;
  const auto topic = test::new_keyring_topic(test::fast_compaction);
  const SecretKey kek = SecretKey::random();
  const auto keyring = open_keyring(topic, kek);
  REQUIRE(keyring->create(data));
  const SecretKey first = keyring->key(data, {1}).value();
  TopicKeys sleeper({kek.clone()}, "sleeper");
  const TopicRecord late = sleeper.claim({data, {1}, {}}, SecretKey::random());
  test::append_to(topic, late);
  const auto reopened = open_keyring(topic, kek);
  CHECK(equal_in_constant_time(first.view(), reopened->key(data, {1}).value().view()));
  REQUIRE(keyring->destroy(data, {1}));
  CHECK(wrapped_of(test::records_of(topic), {1}).empty());
  // It comes once more, from a process that has slept: nobody takes it, and the next change withdraws it.
  test::append_to(topic, late);
  CHECK(fails_to_be_there(*open_keyring(topic, kek), {1}));
  CHECK(wrapped_of(test::records_of(topic), {1}).size() == 1);
  REQUIRE(keyring->create(data).value() == KeyId{3});
  const auto records = test::records_of(topic);
  const auto newest = std::find_if(records.rbegin(), records.rend(),
                                   [&](const TopicRecord& record) { return record.name == late.name; });
  REQUIRE(newest != records.rend());
  CHECK(newest->value.empty());
}

// The settings of florin topics create, and brokers with their defaults.
TEST_CASE(
    "given a topic and three brokers as in production, when a key is destroyed, then that is verified in "
    "time") {
  const char* slow = std::getenv("FLORIN_SLOW_TESTS");  // NOLINT(concurrency-mt-unsafe): one thread
  if (slow == nullptr || !test::kafka_available()) return;
  test::KafkaCluster cluster(3);
  const auto topic = cluster.new_keyring_topic();
  auto keyring = KafkaKeyring::open(cluster.connection(), topic, {SecretKey::random()}).value();
  for (KeyId id{1}; id.value <= 3; ++id.value) {
    REQUIRE(keyring->create(data));
    const std::string wrapped = wrapped_of(test::records_of(topic, cluster.connection()), id).back();
    const auto begun = std::chrono::steady_clock::now();
    const auto seconds = [&] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    };
    const auto destroyed = keyring->destroy(data, id);
    REQUIRE_MESSAGE(destroyed, (destroyed ? "" : destroyed.error().message));
    const double verified = seconds();
    for (int broker = 1; broker <= 3; ++broker)
      CHECK(comes_off_the_disk(cluster.data(broker) / (topic.topic + "-0"), wrapped));
    MESSAGE("verified after " << verified << " s, off all disks after " << seconds() << " s");
  }
}

}  // namespace
}  // namespace florin
