// What every adapter of the keyring's port must do, run over each of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "engine/base/hash.hpp"
#include "engine/keyring/file_keyring.hpp"
#include "engine/keyring/kafka_keyring.hpp"
#include "engine/keyring/memory_keyring.hpp"
#include "tests/support/kafka_broker.hpp"
#include "tests/support/temporary_folder.hpp"

namespace florin {
namespace {

struct InMemory {
  static bool available() { return true; }
  MemoryKeyring keyring;
  InMemory() {
    for (const KeyPurpose purpose : key_purposes) REQUIRE(keyring.create(purpose));
  }
  Keyring& get() { return keyring; }
};

struct InFiles {
  static bool available() { return true; }
  test::TemporaryFolder folder;
  std::unique_ptr<FileKeyring> keyring = FileKeyring::init(folder.path() / "keyring").value();
  Keyring& get() { return *keyring; }
};

struct InKafka {
  static bool available() { return test::kafka_available(); }
  std::unique_ptr<KafkaKeyring> keyring =
      KafkaKeyring::open(test::kafka_connection(), test::new_keyring_topic(test::fast_compaction),
                         {SecretKey::random()})
          .value();
  Keyring& get() { return *keyring; }
};

#define KEYRING_TEST(name) TEST_CASE_TEMPLATE(name, Adapter, InMemory, InFiles, InKafka)

bool equal(const SecretKey& a, const SecretKey& b) { return equal_in_constant_time(a.view(), b.view()); }

KEYRING_TEST("every purpose has a first key, and all differ") {
  if (!Adapter::available()) return;
  Adapter adapter;
  const Keyring& keyring = adapter.get();
  for (const KeyPurpose purpose : key_purposes) CHECK(keyring.newest(purpose).value() == KeyId{1});
  for (const KeyPurpose a : key_purposes)
    for (const KeyPurpose b : key_purposes)
      if (a != b) CHECK_FALSE(equal(keyring.key(a, {1}).value(), keyring.key(b, {1}).value()));
}

KEYRING_TEST("a key is the same each time it is asked for, and is not zero") {
  if (!Adapter::available()) return;
  Adapter adapter;
  const Keyring& keyring = adapter.get();
  const SecretKey key = keyring.key(KeyPurpose::data, {1}).value();
  CHECK(equal(key, keyring.key(KeyPurpose::data, {1}).value()));
  CHECK_FALSE(equal(key, SecretKey()));
}

KEYRING_TEST("a created key gets the next id of its purpose, and older keys stay") {
  if (!Adapter::available()) return;
  Adapter adapter;
  Keyring& keyring = adapter.get();
  const SecretKey first = keyring.key(KeyPurpose::data, {1}).value();
  CHECK(keyring.create(KeyPurpose::data).value() == KeyId{2});
  CHECK(keyring.create(KeyPurpose::data).value() == KeyId{3});
  CHECK(keyring.newest(KeyPurpose::data).value() == KeyId{3});
  CHECK(keyring.newest(KeyPurpose::storage).value() == KeyId{1});
  CHECK(equal(first, keyring.key(KeyPurpose::data, {1}).value()));
  CHECK_FALSE(equal(first, keyring.key(KeyPurpose::data, {2}).value()));
}

KEYRING_TEST("a key that is not there is named") {
  if (!Adapter::available()) return;
  Adapter adapter;
  const Keyring& keyring = adapter.get();
  for (const KeyId id : {KeyId{0}, KeyId{9}, KeyId{0xffffffff}}) {
    const auto missing = keyring.key(KeyPurpose::token_signing, id);
    REQUIRE(!missing);
    CHECK(missing.error().code == Errc::key_missing);
    CHECK(missing.error().message.find("token_signing key " + to_string(id)) != std::string::npos);
  }
}

KEYRING_TEST("the list is by purpose, then id") {
  if (!Adapter::available()) return;
  Adapter adapter;
  Keyring& keyring = adapter.get();
  REQUIRE(keyring.create(KeyPurpose::storage));
  REQUIRE(keyring.create(KeyPurpose::data));
  std::vector<std::pair<KeyPurpose, std::uint32_t>> listed;
  const std::vector<KeyInfo> list = keyring.list();
  listed.reserve(list.size());
  for (const KeyInfo& info : list) listed.emplace_back(info.purpose, info.id.value);
  CHECK(listed == std::vector<std::pair<KeyPurpose, std::uint32_t>>{{KeyPurpose::data, 1},
                                                                    {KeyPurpose::data, 2},
                                                                    {KeyPurpose::storage, 1},
                                                                    {KeyPurpose::storage, 2},
                                                                    {KeyPurpose::token_signing, 1},
                                                                    {KeyPurpose::fingerprint, 1},
                                                                    {KeyPurpose::operator_signing, 1}});
}

KEYRING_TEST("threads create and read at once, and no id is given twice") {
  if (!Adapter::available()) return;
  Adapter adapter;
  Keyring& keyring = adapter.get();
  std::vector<std::vector<std::uint32_t>> ids(3);
  std::vector<std::thread> threads;
  for (auto& own : ids)
    threads.emplace_back([&keyring, &own] {
      for (int i = 0; i < 5; ++i) {
        const auto id = keyring.create(KeyPurpose::data);
        if (id && keyring.key(KeyPurpose::data, *id) && !keyring.list().empty()) own.push_back(id->value);
      }
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint32_t> all;
  for (const auto& own : ids) all.insert(own.begin(), own.end());
  CHECK(all.size() == 15);
  CHECK(keyring.newest(KeyPurpose::data).value() == KeyId{16});
}

KEYRING_TEST("a destroyed key is missing, its id is not given again, and the others stay") {
  if (!Adapter::available()) return;
  Adapter adapter;
  Keyring& keyring = adapter.get();
  REQUIRE(keyring.create(KeyPurpose::data).value() == KeyId{2});
  const SecretKey second = keyring.key(KeyPurpose::data, {2}).value();
  const auto destroyed = keyring.destroy(KeyPurpose::data, {1});
  REQUIRE_MESSAGE(destroyed, (destroyed ? "" : destroyed.error().message));
  CHECK(keyring.key(KeyPurpose::data, {1}).error().code == Errc::key_missing);
  CHECK(keyring.list().size() == std::size(key_purposes));
  CHECK(equal(second, keyring.key(KeyPurpose::data, {2}).value()));
  CHECK(keyring.key(KeyPurpose::storage, {1}));
  CHECK(keyring.create(KeyPurpose::data).value() == KeyId{3});
}

KEYRING_TEST("neither the newest key of a purpose nor one that is not there is destroyed") {
  if (!Adapter::available()) return;
  Adapter adapter;
  Keyring& keyring = adapter.get();
  REQUIRE(keyring.create(KeyPurpose::data));
  CHECK(keyring.destroy(KeyPurpose::data, {2}).error().code == Errc::invalid_argument);
  CHECK(keyring.destroy(KeyPurpose::storage, {1}).error().code == Errc::invalid_argument);
  for (const KeyId id : {KeyId{0}, KeyId{3}, KeyId{0xffffffff}}) {
    const auto missing = keyring.destroy(KeyPurpose::data, id);
    REQUIRE(!missing);
    CHECK(missing.error().code == Errc::key_missing);
    CHECK(missing.error().message.find("data key " + to_string(id)) != std::string::npos);
  }
  CHECK(keyring.list().size() == std::size(key_purposes) + 1);
}

TEST_CASE("an empty keyring says so") {
  MemoryKeyring keyring;
  CHECK(keyring.newest(KeyPurpose::data).error().code == Errc::key_missing);
  CHECK(keyring.list().empty());
}

}  // namespace
}  // namespace florin
