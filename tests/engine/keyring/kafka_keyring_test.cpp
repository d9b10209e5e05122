// Each keyring of these tests stands for a process of its own: they share nothing but the topic.
#include "engine/keyring/kafka_keyring.hpp"

#include <atomic>
#include <set>
#include <thread>

#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"
#include "engine/journal/kafka_topics.hpp"
#include "engine/telemetry/log.hpp"
#include "tests/engine/keyring/keyring_topic.hpp"

namespace florin {
namespace {

using test::open_keyring;

bool equal(const SecretKey& a, const SecretKey& b) { return equal_in_constant_time(a.view(), b.view()); }

void check_same(const Keyring& a, const Keyring& b) {
  REQUIRE(a.list().size() == b.list().size());
  for (const KeyInfo& info : a.list())
    CHECK(equal(a.key(info.purpose, info.id).value(), b.key(info.purpose, info.id).value()));
}

bool comes_true(const std::function<bool()>& what) {
  for (const auto end = test::soon(); std::chrono::steady_clock::now() < end;
       std::this_thread::sleep_for(std::chrono::milliseconds(10)))
    if (what()) return true;
  return false;
}

// Claims that are in the topic and not withdrawn.
std::size_t claims_in(const kafka::Partition& topic) {
  std::set<std::string> claims;
  for (const TopicRecord& record : test::records_of(topic)) {
    if (parse_claim(record.name)->token.empty()) continue;
    if (record.value.empty()) claims.erase(record.name);
    else claims.insert(record.name);
  }
  return claims.size();
}

TEST_CASE("given an empty topic, when several processes open it at once, then they agree on the first keys") {
  if (!test::kafka_available()) return;
  const auto topic = test::new_keyring_topic();
  const SecretKey kek = SecretKey::random();
  std::vector<std::unique_ptr<KafkaKeyring>> keyrings(4);
  std::vector<std::thread> threads;
  for (auto& own : keyrings) threads.emplace_back([&own, &topic, &kek] { own = open_keyring(topic, kek); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& keyring : keyrings) {
    CHECK(keyring->list().size() == std::size(key_purposes));
    check_same(*keyring, *keyrings.front());
  }
  check_same(*open_keyring(topic, kek), *keyrings.front());
  CHECK(claims_in(topic) == std::size(key_purposes));
}

TEST_CASE("given several processes, when all create keys at once, then no id is given twice, and all agree") {
  if (!test::kafka_available()) return;
  constexpr int each = 5;
  const auto topic = test::new_keyring_topic();
  const SecretKey kek = SecretKey::random();
  std::vector<std::unique_ptr<KafkaKeyring>> keyrings;
  for (int i = 0; i < 4; ++i) keyrings.push_back(open_keyring(topic, kek));
  std::vector<std::vector<std::uint32_t>> ids(keyrings.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < keyrings.size(); ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < each; ++n)
        if (const auto id = keyrings[i]->create(KeyPurpose::data)) ids[i].push_back(id->value);
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint32_t> all;
  for (const auto& own : ids) all.insert(own.begin(), own.end());
  CHECK(all.size() == keyrings.size() * each);
  CHECK(*all.begin() == 2);
  CHECK(*all.rbegin() == 1 + all.size());
  const auto opened = open_keyring(topic, kek);
  for (const auto& keyring : keyrings) {
    REQUIRE(keyring->key(KeyPurpose::data, {*all.rbegin()}));
    check_same(*keyring, *opened);
  }
  CHECK(claims_in(topic) == opened->list().size());
}

TEST_CASE("given a key that one process made, when another one is asked for it at once, then it has it") {
  if (!test::kafka_available()) return;
  const auto topic = test::new_keyring_topic();
  const SecretKey kek = SecretKey::random();
  const auto one = open_keyring(topic, kek), other = open_keyring(topic, kek);
  std::atomic<int> told{0};
  other->on_change([&] { ++told; });
  for (int i = 0; i < 20; ++i) {
    const KeyId id = one->create(KeyPurpose::fingerprint).value();
    const auto found = other->key(KeyPurpose::fingerprint, id);
    REQUIRE_MESSAGE(found, (found ? "" : found.error().message));
    CHECK(equal(*found, one->key(KeyPurpose::fingerprint, id).value()));
    CHECK(other->newest(KeyPurpose::fingerprint).value() == id);
  }
  CHECK(comes_true([&] { return told == 20; }));
  REQUIRE(one->create(KeyPurpose::data));
  CHECK(comes_true([&] { return told == 21; }));  // nobody asked for that one
  CHECK(other->newest(KeyPurpose::data).value() == KeyId{2});
}

TEST_CASE("given another key-encryption key, then the keyring is refused by the name of a key") {
  if (!test::kafka_available()) return;
  const auto topic = test::new_keyring_topic();
  const SecretKey kek = SecretKey::random();
  REQUIRE(open_keyring(topic, kek));
  const auto refused = KafkaKeyring::open(test::kafka_connection(), topic, {SecretKey::random()});
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::key_refused);
  CHECK(refused.error().message.find("data key 1") != std::string::npos);
  CHECK(refused.error().message.find(topic.topic) != std::string::npos);
  CHECK(claims_in(topic) == std::size(key_purposes));
}

TEST_CASE(
    "given a new key-encryption key, when all have it and one wraps the keys, then the old one is of no "
    "use") {
  if (!test::kafka_available()) return;
  const auto topic = test::new_keyring_topic();
  const SecretKey first = SecretKey::random(), second = SecretKey::random();
  const auto old = open_keyring(topic, first);
  CHECK(old->rotate_kek().error().code == Errc::already_exists);
  const auto both = open_keyring(topic, second, first.clone());
  CHECK(both->kek_status().behind == std::size(key_purposes));
  REQUIRE(both->create(KeyPurpose::data).value() == KeyId{2});
  CHECK(
      old->key(KeyPurpose::data, {2}));  // processes are given the new one in turn, and none fails meanwhile
  const auto rotated = both->rotate_kek();
  REQUIRE_MESSAGE(rotated, (rotated ? "" : rotated.error().message));
  CHECK(rotated->version == 2);
  CHECK(rotated->behind == 0);
  CHECK(KafkaKeyring::open(test::kafka_connection(), topic, {first.clone()}).error().code ==
        Errc::key_refused);
  const auto renewed = open_keyring(topic, second);
  CHECK(renewed->kek_status().version == 2);
  check_same(*renewed, *both);
  check_same(*renewed, *old);  // what was opened stays open
  REQUIRE(both->create(KeyPurpose::data).value() == KeyId{3});
  const auto sealed = old->key(KeyPurpose::data, {3});
  REQUIRE(!sealed);
  CHECK(sealed.error().code == Errc::key_refused);
  CHECK(old->newest(KeyPurpose::data).value() == KeyId{2});
}

TEST_CASE("given a backup, when it is restored into an empty topic, then the keys are the same, once") {
  if (!test::kafka_available()) return;
  const auto from = test::new_keyring_topic(), to = test::new_keyring_topic();
  const SecretKey kek = SecretKey::random(), other_kek = SecretKey::random();
  const auto keyring = open_keyring(from, kek);
  REQUIRE(keyring->create(KeyPurpose::storage));
  std::vector<OpenedKey> keys;
  for (const KeyInfo& info : keyring->list())
    keys.emplace_back(info, keyring->key(info.purpose, info.id).value());
  {
    const auto restored = KafkaKeyring::restore(test::kafka_connection(), to, keys, {other_kek.clone()});
    REQUIRE_MESSAGE(restored, (restored ? "" : restored.error().message));
    check_same(**restored, *keyring);
  }
  const auto opened = open_keyring(to, other_kek);
  check_same(*opened, *keyring);
  CHECK(opened->list().back().created == keyring->list().back().created);
  CHECK(KafkaKeyring::restore(test::kafka_connection(), to, keys, {other_kek.clone()}).error().code ==
        Errc::already_exists);
  keys.emplace_back(keys.front().first, SecretKey::random());
  CHECK(KafkaKeyring::restore(test::kafka_connection(), test::new_keyring_topic(), keys, {kek.clone()})
            .error()
            .code == Errc::format);
}

TEST_CASE("given keys, then neither they nor the key-encryption key are in a record or a line of the log") {
  if (!test::kafka_available()) return;
  const log::Capture capture;
  log::set_level(log::Level::debug);
  const auto topic = test::new_keyring_topic();
  const SecretKey kek = SecretKey::random();
  const auto keyring = open_keyring(topic, kek);
  REQUIRE(keyring->create(KeyPurpose::token_signing));
  REQUIRE(!KafkaKeyring::open(test::kafka_connection(), topic, {SecretKey::random()}));
  std::string text = capture.text();
  for (const TopicRecord& record : test::records_of(topic)) text += record.name + record.value;
  std::vector<SecretKey> secrets;
  secrets.push_back(kek.clone());
  for (const KeyInfo& info : keyring->list()) secrets.push_back(keyring->key(info.purpose, info.id).value());
  for (const SecretKey& secret : secrets) {
    CHECK(text.find(std::string(secret.view().begin(), secret.view().end())) == std::string::npos);
    CHECK(text.find(to_hex(secret.view())) == std::string::npos);
    CHECK(text.find(to_base64(secret.view()).substr(0, 40)) == std::string::npos);
  }
  log::set_level(log::Level::info);
}

TEST_CASE(
    "given a record that is none of a keyring, then the topic is not opened, and one that is open creates no "
    "key") {
  if (!test::kafka_available()) return;
  const auto topic = test::new_keyring_topic();
  const SecretKey kek = SecretKey::random();
  const auto keyring = open_keyring(topic, kek);
  test::append_to(topic, {"somebody's", "record"});
  const auto created = keyring->create(KeyPurpose::data);
  REQUIRE(!created);
  CHECK(created.error().code == Errc::format);
  CHECK(created.error().message.find("record 5 of") != std::string::npos);
  CHECK(keyring->key(KeyPurpose::data, {1}));
  CHECK(KafkaKeyring::open(test::kafka_connection(), topic, {kek.clone()}).error().code == Errc::format);
}

TEST_CASE("given a topic of the keyring as Florin makes it, then a broker has it with these settings") {
  if (!test::kafka_available()) return;
  const auto wanted = florin_topics({.prefix = "made", .replication = 1})->back();
  const auto topics = kafka::Topics::open(test::kafka_connection()).value();
  REQUIRE(topics->create(wanted));
  const auto found = topics->find(wanted.name).value();
  REQUIRE(found);
  const auto checked = check_topic(wanted, *found);
  CHECK_MESSAGE(checked, (checked ? "" : checked.error().message));
  CHECK(found->settings.at("cleanup.policy") == "compact");
  CHECK(found->settings.at("segment.ms") == wanted.settings.at("segment.ms"));
}

TEST_CASE("given no topic, then the error says what makes it") {
  if (!test::kafka_available()) return;
  const auto none =
      KafkaKeyring::open(test::kafka_connection(), {"nobody.keyring", 0}, {SecretKey::random()});
  REQUIRE(!none);
  CHECK(none.error().code == Errc::not_found);
  CHECK(none.error().message.find("florin topics create") != std::string::npos);
}

TEST_CASE(
    "given a broker that hangs, then known keys are answered, an unknown one is not said to be missing") {
  if (!test::kafka_available()) return;
  const auto topic = test::new_keyring_topic();
  const auto keyring = open_keyring(topic, SecretKey::random());
  {
    const test::KafkaPause pause;
    CHECK(keyring->key(KeyPurpose::data, {1}));
    CHECK(keyring->newest(KeyPurpose::data));
    const auto begun = std::chrono::steady_clock::now();
    CHECK(keyring->key(KeyPurpose::data, {2}).error().code == Errc::io);
    CHECK(std::chrono::steady_clock::now() - begun < key_wait_max + std::chrono::seconds(2));
  }
  CHECK(comes_true([&] { return keyring->key(KeyPurpose::data, {2}).error().code == Errc::key_missing; }));
  CHECK(keyring->create(KeyPurpose::data).value() == KeyId{2});
}

// Creates keys until it is told to stop; some calls may fail.
struct Creator {
  std::unique_ptr<KafkaKeyring> keyring{};
  std::vector<std::uint32_t> ids{};
  int failed = 0;

  void run(const std::atomic<bool>& done) {
    while (!done) {
      if (const auto id = keyring->create(KeyPurpose::data)) ids.push_back(id->value);
      else ++failed;
    }
  }
};

TEST_CASE(
    "given a broker that hangs amid creations, then what was created is there, and no id is given twice") {
  if (!test::kafka_available()) return;
  constexpr int pauses_max = 30;
  const log::Capture capture;
  const auto in_doubt = [&] { return capture.text().find("keyring_append_in_doubt") != std::string::npos; };
  const auto topic = test::new_keyring_topic();
  const SecretKey kek = SecretKey::random();
  std::vector<Creator> creators(4);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (Creator& creator : creators) {
    creator.keyring = open_keyring(topic, kek, std::nullopt, {.send_timeout = kafka::send_timeout_min});
    threads.emplace_back([&] { creator.run(done); });
  }
  int pauses = 0;
  for (; pauses < pauses_max && !in_doubt(); ++pauses) {
    std::this_thread::sleep_for(std::chrono::milliseconds(700 + 37 * pauses));
    const test::KafkaPause pause;
    std::this_thread::sleep_for(2 * kafka::send_timeout_min);
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(in_doubt());
  std::set<std::uint32_t> all;
  std::size_t created = 0, failed = 0;
  for (const Creator& creator : creators) {
    all.insert(creator.ids.begin(), creator.ids.end());
    created += creator.ids.size();
    failed += static_cast<std::size_t>(creator.failed);
  }
  MESSAGE(created << " keys were created, " << failed << " calls failed, in " << pauses << " pauses");
  CHECK(all.size() == created);
  CHECK(created > creators.size());
  const auto opened = open_keyring(topic, kek);
  for (const std::uint32_t id : all) CHECK(opened->key(KeyPurpose::data, {id}));
  for (const Creator& creator : creators) {
    REQUIRE(creator.keyring->key(KeyPurpose::data, opened->newest(KeyPurpose::data).value()));
    check_same(*opened, *creator.keyring);
  }
}

}  // namespace
}  // namespace florin
