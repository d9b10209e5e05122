#include "engine/keyring/topic_keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/base/hash.hpp"

namespace florin {
namespace {

bool equal(const SecretKey& a, const SecretKey& b) { return equal_in_constant_time(a.view(), b.view()); }

// Records in the order of a topic, and who reads them.
struct Topic {
  SecretKey kek = SecretKey::random();
  std::vector<std::pair<std::uint64_t, TopicRecord>> records{};

  TopicKeys reader() const { return {Keks{kek.clone()}, "the keyring"}; }
  TopicKeys reader(SecretKey newest) const { return {Keks{std::move(newest), kek.clone()}, "the keyring"}; }
  void append(TopicRecord record) { records.emplace_back(records.size(), std::move(record)); }
  void append(std::vector<TopicRecord> all) {
    for (TopicRecord& record : all) append(std::move(record));
  }
  void read(TopicKeys& keys) const {
    for (const auto& [offset, record] : records) REQUIRE(keys.take(offset, record.name, record.value));
  }
  // What is left when everything was compacted: the newest of each name, without tombstones.
  Topic compacted() const {
    Topic left{kek.clone()};
    for (auto it = records.begin(); it != records.end(); ++it) {
      const bool superseded = std::any_of(std::next(it), records.end(), [&](const auto& later) {
        return later.second.name == it->second.name;
      });
      if (!superseded && !it->second.value.empty()) left.records.push_back(*it);
    }
    return left;
  }
  // One more claim of an id, by a process that does not know of the others.
  SecretKey claim(KeyPurpose purpose, KeyId id) {
    SecretKey key = SecretKey::random();
    append(reader().claim({purpose, id, {7}}, key));
    return key;
  }
};

constexpr KeyPurpose data = KeyPurpose::data;

TEST_CASE("given two claims of one id, then the first has it, and the other one is withdrawn by anybody") {
  Topic topic;
  const SecretKey first = topic.claim(data, {1});
  topic.claim(data, {1});
  TopicKeys keys = topic.reader();
  topic.read(keys);
  CHECK(equal(keys.key(data, {1}).value(), first));
  CHECK(keys.list().size() == 1);
  CHECK(keys.list().front().created == Timestamp{7});
  CHECK(keys.next(data) == KeyId{2});
  CHECK(keys.next(KeyPurpose::storage) == KeyId{1});
  CHECK(keys.wins(topic.records[0].second.name));
  CHECK_FALSE(keys.wins(topic.records[1].second.name));
  const auto withdrawn = keys.withdrawn();
  REQUIRE(withdrawn.size() == 1);
  CHECK(withdrawn.front().name == topic.records[1].second.name);
  CHECK(withdrawn.front().value.empty());
  topic.append(withdrawn);
  REQUIRE(keys.take(2, withdrawn.front().name, ""));
  CHECK(keys.withdrawn().empty());
  CHECK_FALSE(keys.claims(withdrawn.front().name));
}

TEST_CASE("given a key that was wrapped again, then it is still the first, before and after compaction") {
  Topic topic;
  const SecretKey first = topic.claim(data, {1});
  topic.claim(data, {1});
  const SecretKey kek = SecretKey::random();
  TopicKeys wrapper = topic.reader(kek.clone());
  topic.read(wrapper);
  CHECK(wrapper.kek_status().behind == 1);
  const auto again = wrapper.wrapped_again();
  REQUIRE(again.size() == 1);
  topic.append(again);
  for (const Topic& seen : {topic.compacted(), topic.compacted().compacted()}) {
    TopicKeys keys = topic.reader(kek.clone());
    seen.read(keys);
    CHECK(equal(keys.key(data, {1}).value(), first));
    CHECK(keys.wins(again.front().name));
    CHECK(keys.kek_status().behind == 0);
    CHECK(keys.kek_status().version == 2);
  }
}

TEST_CASE("given a destroyed id, then no claim that comes later has it, and all of them are withdrawn") {
  Topic topic;
  topic.claim(data, {1});
  topic.claim(data, {2});
  TopicKeys stale = topic.reader(SecretKey::random());
  topic.read(stale);
  topic.append(mark_destroyed(data, {1}, {9}));
  topic.append(TopicRecord{topic.records[0].second.name, ""});
  topic.claim(data, {1});                       // by a process that has slept
  topic.append(stale.wrapped_again().front());  // by one that did not know yet
  for (const bool compacted : {false, true}) {
    TopicKeys keys = topic.reader();
    (compacted ? topic.compacted() : topic.compacted().compacted()).read(keys);
    const auto gone = keys.key(data, {1});
    REQUIRE(!gone);
    CHECK(gone.error().code == Errc::key_missing);
    CHECK(gone.error().message.find("destroyed") != std::string::npos);
    CHECK(keys.withdrawn().size() == 2);
    CHECK(keys.next(data) == KeyId{3});
    CHECK(keys.list().size() == 1);
    CHECK(keys.check_destroyable(data, {1}));
    CHECK(keys.check_destroyable(data, {2}).error().code == Errc::invalid_argument);
    CHECK(keys.check_destroyable(data, {3}).error().code == Errc::key_missing);
  }
}

TEST_CASE(
    "given a claim that lost and was left behind, when the key that won is destroyed, then it has no id") {
  Topic topic;
  topic.claim(data, {1});
  topic.claim(data, {1});
  topic.claim(data, {2});
  topic.append(TopicRecord{topic.records[0].second.name, ""});
  topic.append(mark_destroyed(data, {1}, {9}));
  TopicKeys keys = topic.reader();
  topic.compacted().read(keys);
  CHECK(keys.key(data, {1}).error().code == Errc::key_missing);
}

TEST_CASE("given a new key-encryption key that nobody has used yet, then a new key is under the old one") {
  Topic topic;
  topic.claim(data, {1});
  const SecretKey kek = SecretKey::random();
  TopicKeys renewed = topic.reader(kek.clone());
  topic.read(renewed);
  topic.append(renewed.claim({data, {2}, {8}}, SecretKey::random()));
  TopicKeys old = topic.reader();
  topic.read(old);
  CHECK(old.key(data, {2}));
  REQUIRE(renewed.take(1, topic.records[1].second.name, topic.records[1].second.value));
  CHECK(renewed.kek_status().behind == 2);
  topic.append(renewed.wrapped_again());
  TopicKeys all = topic.reader(kek.clone());
  topic.read(all);
  CHECK(all.kek_status().behind == 0);
  // From here on the new one is in force. Who knows only the old one keeps what it has opened.
  topic.append(all.claim({data, {3}, {9}}, SecretKey::random()));
  TopicKeys late = topic.reader();
  topic.read(late);
  CHECK(late.key(data, {1}));
  CHECK(late.key(data, {3}).error().code == Errc::key_refused);
  CHECK(late.newest(data).value() == KeyId{2});
  CHECK(late.next(data) == KeyId{4});
  REQUIRE(late.refused());
  CHECK(late.refused()->message.find("data key 3") != std::string::npos);
  CHECK(late.wrapped_again().empty());
}

TEST_CASE(
    "given keys under a newer key-encryption key, then the old one opens none, though old records are "
    "there") {
  Topic topic;
  topic.claim(data, {1});
  TopicKeys renewed = topic.reader(SecretKey::random());
  topic.read(renewed);
  topic.append(renewed.wrapped_again());
  TopicKeys old = topic.reader();
  topic.read(old);
  CHECK(old.key(data, {1}));  // as a process that was there when the keys were wrapped again
  old.settle();
  CHECK(old.key(data, {1}).error().code == Errc::key_refused);
  CHECK(old.refused());
}

TEST_CASE("a change is told when a key comes or goes, and at no other time") {
  Topic topic;
  topic.claim(data, {1});
  topic.claim(data, {1});
  topic.append(topic.reader().claim({data, {2}, {8}}, SecretKey::random()));
  topic.append(TopicRecord{topic.records[1].second.name, ""});
  topic.append(mark_destroyed(data, {1}, {9}));
  topic.append(mark_destroyed(data, {1}, {9}));
  topic.append(TopicRecord{topic.records[0].second.name, ""});
  TopicKeys keys = topic.reader();
  std::vector<bool> told;
  for (const auto& [offset, record] : topic.records)
    told.push_back(keys.take(offset, record.name, record.value).value());
  CHECK(told == std::vector<bool>{true, false, true, false, true, false, false});
}

TEST_CASE("given a record that is none of a keyring, then it is named and changes nothing") {
  Topic topic;
  topic.claim(data, {1});
  const auto& [name, value] = topic.records.front().second;
  TopicKeys keys = topic.reader();
  const std::string token = "/0123456789abcdef";
  const std::vector<std::string> names{"data",
                                       "data/1",
                                       "data/01" + token,
                                       "data/0" + token,
                                       "data/4294967296" + token,
                                       "dat/1" + token,
                                       "data/1/0123456789ABCDEF",
                                       "data/1/0123",
                                       "data/1" + token + "/",
                                       ""};
  for (const std::string& bad : names) {
    CAPTURE(bad);
    const auto taken = keys.take(5, bad, value);
    REQUIRE(!taken);
    CHECK(taken.error().code == Errc::format);
    CHECK(taken.error().message.find("record 5 of the keyring") != std::string::npos);
  }
  for (const std::string& bad : {std::string("{"), std::string("[]"), std::string(5000, ' '),
                                 R"({"format":1,)" + value.substr(value.find("\"purpose")),
                                 R"({"format":0,"first":7,)" + value.substr(value.find("\"purpose"))})
    CHECK(keys.take(5, name, bad).error().code == Errc::format);
  CHECK(keys.take(5, "data/2" + token, value).error().code == Errc::format);
  CHECK(keys.list().empty());
}

TEST_CASE("a claim's name is read as it was written") {
  for (const KeyPurpose purpose : key_purposes)
    for (const std::string token : {"", "00ff00ff00ff00ff"}) {
      const auto read = parse_claim(format_claim({purpose, {17}, token}));
      REQUIRE(read);
      CHECK(read->purpose == purpose);
      CHECK(read->id == KeyId{17});
      CHECK(read->token == token);
    }
}

}  // namespace
}  // namespace florin
