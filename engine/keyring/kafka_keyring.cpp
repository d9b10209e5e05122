#include "engine/keyring/kafka_keyring.hpp"

#include <algorithm>
#include <set>

#include "engine/keyring/key_table.hpp"
#include "engine/telemetry/log.hpp"

namespace florin {
namespace {

// Each time somebody else's claim came first, so somebody got further.
constexpr int create_tries_max = 64;
// Keys that another process wraps under the old key-encryption key meanwhile need another turn.
constexpr int wrap_turns_max = 8;
// Brokers close a segment, which they compact then, only when another record arrives.
constexpr std::chrono::milliseconds destroy_step_wait{2'000};

// For the operator's eyes, and for the overlap of keys.
Timestamp now() {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count())};
}

}  // namespace

Result<std::unique_ptr<KafkaKeyring>> KafkaKeyring::attach(const kafka::Connection& connection,
                                                           const kafka::Partition& partition, Keks keks,
                                                           KafkaKeyringOptions options,
                                                           kafka::Deadline deadline) {
  std::unique_ptr<KafkaKeyring> keyring(new KafkaKeyring(connection, partition, options));
  FLORIN_TRY_ASSIGN(keyring->follower_,
                    KeyringFollower::open(connection, partition, std::move(keks), deadline));
  return keyring;
}

Result<std::unique_ptr<KafkaKeyring>> KafkaKeyring::open(const kafka::Connection& connection,
                                                         const kafka::Partition& partition, Keks keks,
                                                         KafkaKeyringOptions options) {
  const kafka::Deadline deadline = kafka::deadline_in(options.open_wait);
  FLORIN_TRY_ASSIGN(auto keyring, attach(connection, partition, std::move(keks), options, deadline));
  const bool empty = keyring->follower_->look([](const TopicKeys& keys) { return keys.empty(); });
  if (empty && !options.make_first_keys)
    return fail(Errc::key_missing, "there are no keys in " + kafka::to_string(partition) +
                                       "; restore the keyring that belongs to the journal");
  FLORIN_TRY(keyring->make_first_keys(deadline));
  auto refused = keyring->follower_->look([](const TopicKeys& keys) { return keys.refused(); });
  if (refused) return fail(*std::move(refused));
  return keyring;
}

// One batch is appended whole or not at all, so all first keys are of the process that came first.
Result<void> KafkaKeyring::make_first_keys(kafka::Deadline deadline) {
  const auto claims = follower_->look([](const TopicKeys& keys) {
    std::vector<TopicRecord> made;
    if (!keys.empty()) return made;
    for (const KeyPurpose purpose : key_purposes)
      made.push_back(keys.claim({purpose, {1}, now()}, SecretKey::random()));
    return made;
  });
  if (claims.empty()) return {};
  FLORIN_TRY(put_claims(claims, deadline));
  return put({}, deadline);
}

Result<std::unique_ptr<KafkaKeyring>> KafkaKeyring::restore(const kafka::Connection& connection,
                                                            const kafka::Partition& partition,
                                                            const std::vector<OpenedKey>& keys, Keks keks,
                                                            KafkaKeyringOptions options) {
  const kafka::Deadline deadline = kafka::deadline_in(options.open_wait);
  std::set<std::pair<KeyPurpose, KeyId>> ids;
  for (const auto& [info, key] : keys)
    if (!ids.emplace(info.purpose, info.id).second || info.id.value == 0)
      return fail(Errc::format, "there is " + describe(info.purpose, info.id) + " twice, or with no id");
  FLORIN_TRY_ASSIGN(auto keyring, attach(connection, partition, std::move(keks), options, deadline));
  const auto claims = keyring->follower_->look([&](const TopicKeys& there) {
    std::vector<TopicRecord> made;
    if (there.empty())
      for (const auto& [info, key] : keys) made.push_back(there.claim(info, key));
    return made;
  });
  if (claims.size() != keys.size())
    return fail(Errc::already_exists,
                "there is a keyring in " + kafka::to_string(partition) + " already; it is left as it is");
  if (!claims.empty()) FLORIN_TRY(keyring->put_claims(claims, deadline));
  const bool all = keyring->follower_->look([&](const TopicKeys& there) {
    return std::all_of(claims.begin(), claims.end(),
                       [&](const TopicRecord& claim) { return there.wins(claim.name); });
  });
  if (!all)
    return fail(Errc::already_exists,
                "another process made keys in " + kafka::to_string(partition) +
                    " meanwhile; stop every process, make the topic anew, and restore it again");
  return keyring;
}

Result<SecretKey> KafkaKeyring::key(KeyPurpose purpose, KeyId id) const {
  const auto find = [&](const TopicKeys& keys) { return keys.key(purpose, id); };
  const bool known =
      id.value == 0 || follower_->look([&](const TopicKeys& keys) { return keys.knows(purpose, id); });
  if (!known) FLORIN_TRY(follower_->catch_up(kafka::deadline_in(key_wait_max)));
  return follower_->look(find);
}

Result<KeyId> KafkaKeyring::newest(KeyPurpose purpose) const {
  return follower_->look([&](const TopicKeys& keys) { return keys.newest(purpose); });
}

std::vector<KeyInfo> KafkaKeyring::list() const {
  return follower_->look([](const TopicKeys& keys) { return keys.list(); });
}

KekStatus KafkaKeyring::kek_status() const {
  return follower_->look([](const TopicKeys& keys) { return keys.kek_status(); });
}

Result<KeyId> KafkaKeyring::create(KeyPurpose purpose) {
  const std::lock_guard lock(writing_);
  const kafka::Deadline deadline = kafka::deadline_in(keyring_write_wait_max);
  for (int tries = 0; tries < create_tries_max; ++tries) {
    FLORIN_TRY(follower_->catch_up(deadline));
    KeyId id{};
    const TopicRecord claim = follower_->look([&](const TopicKeys& keys) {
      id = keys.next(purpose);
      return keys.claim({purpose, id, now()}, SecretKey::random());
    });
    FLORIN_TRY(put_claims({claim}, deadline));
    if (follower_->look([&](const TopicKeys& keys) { return keys.wins(claim.name); })) return id;
  }
  FLORIN_TRY(put({}, deadline));
  return fail(Errc::overloaded, "other processes create keys in " + kafka::to_string(partition_) +
                                    " all the time; nothing was created, try again later");
}

Result<KekStatus> KafkaKeyring::rotate_kek() {
  const std::lock_guard lock(writing_);
  const kafka::Deadline deadline = kafka::deadline_in(keyring_write_wait_max);
  FLORIN_TRY(follower_->catch_up(deadline));
  if (kek_status().behind == 0) return fail(nothing_to_wrap_again());
  for (int turn = 0; turn < wrap_turns_max && kek_status().behind != 0; ++turn)
    FLORIN_TRY(put(follower_->look([](const TopicKeys& keys) { return keys.wrapped_again(); }), deadline));
  FLORIN_TRY(put({}, deadline));
  return kek_status();
}

Result<void> KafkaKeyring::destroy(KeyPurpose purpose, KeyId id) {
  const kafka::Deadline deadline = kafka::deadline_in(options_.destroy_wait);
  FLORIN_TRY(follower_->catch_up(deadline));
  FLORIN_TRY(follower_->look([&](const TopicKeys& keys) { return keys.check_destroyable(purpose, id); }));
  while (true) {
    FLORIN_TRY_ASSIGN(const bool gone, destroy_step(purpose, id, deadline));
    if (gone) return {};
    if (kafka::deadline_in(destroy_step_wait) >= deadline)
      return fail(Errc::deadline, describe(purpose, id) +
                                      " is taken from every process, but it is not yet verified that " +
                                      kafka::to_string(partition_) +
                                      " holds its bytes no more, since brokers have not compacted it; call "
                                      "this again to go on waiting");
    std::this_thread::sleep_for(destroy_step_wait);
  }
}

// The mark is written again and again, which lets brokers close the segment that it stands in.
Result<bool> KafkaKeyring::destroy_step(KeyPurpose purpose, KeyId id, kafka::Deadline deadline) {
  FLORIN_TRY_ASSIGN(Traces traces, find_traces(purpose, id, deadline));
  if (traces.marked && !traces.bytes) return true;
  traces.claims.insert(traces.claims.begin(), mark_destroyed(purpose, id, now()));
  const std::lock_guard lock(writing_);
  FLORIN_TRY(put(std::move(traces.claims), deadline));
  return false;
}

Result<KafkaKeyring::Traces> KafkaKeyring::find_traces(KeyPurpose purpose, KeyId id,
                                                       kafka::Deadline deadline) const {
  FLORIN_TRY_ASSIGN(const std::uint64_t end, follower_->find_end(deadline));
  FLORIN_TRY_ASSIGN(const auto reader,
                    kafka::Reader::open(connection_, partition_, deadline, kafka::Reads::anywhere,
                                        kafka::Offsets::compacted));
  FLORIN_TRY(reader->start(0));
  Traces traces;
  std::set<std::string> claims;
  const auto take = [&](const kafka::Message& message) -> Result<void> {
    const std::string name(as_text(message.key()));
    const auto claim = parse_claim(name);
    if (!claim || claim->purpose != purpose || claim->id != id) return {};
    if (claim->token.empty()) traces.marked = true;
    else if (message.value().empty()) claims.erase(name);
    else claims.insert(name);
    traces.bytes = traces.bytes || (!claim->token.empty() && !message.value().empty());
    return {};
  };
  FLORIN_TRY(read_to(*reader, end, deadline, take));
  for (const std::string& name : claims) traces.claims.push_back({name, ""});
  return traces;
}

Result<void> KafkaKeyring::put(std::vector<TopicRecord> records, kafka::Deadline deadline) {
  std::vector<TopicRecord> all = follower_->look([](const TopicKeys& keys) { return keys.withdrawn(); });
  all.insert(all.end(), std::make_move_iterator(records.begin()), std::make_move_iterator(records.end()));
  if (all.empty()) return {};
  FLORIN_TRY_ASSIGN(const std::uint64_t end, append(all, deadline));
  return follower_->wait_for(end, deadline);
}

// In doubt the last of them is looked for. It cannot be sent again: a record has one place, and who came
// first is decided by it.
Result<void> KafkaKeyring::put_claims(const std::vector<TopicRecord>& claims, kafka::Deadline deadline) {
  Result<void> done = put(claims, deadline);
  if (done || done.error().code != Errc::deadline) return done;
  log::warn("keyring_append_in_doubt", {{"topic", partition_.topic}, {"record", claims.back().name}});
  const auto there = [&](const TopicKeys& keys) { return keys.claims(claims.back().name); };
  if (follower_->wait_until(there, deadline)) return {};
  return fail(Errc::deadline, "it is not known whether the new key is in " + kafka::to_string(partition_) +
                                  "; it may appear later, as one more key that is the newest then");
}

Result<std::uint64_t> KafkaKeyring::append(const std::vector<TopicRecord>& records,
                                           kafka::Deadline deadline) const {
  FLORIN_TRY_ASSIGN(const auto producer,
                    kafka::Producer::open(connection_, partition_, deadline, options_.send_timeout));
  std::uint64_t end = 0;
  for (std::size_t begin = 0; begin < records.size(); begin += kafka::batch_records_max) {
    std::vector<kafka::Outgoing> batch;
    const std::size_t stop = std::min(records.size(), begin + kafka::batch_records_max);
    for (std::size_t i = begin; i < stop; ++i)
      batch.push_back({.value = records[i].value.empty() ? ByteView{} : as_bytes(records[i].value),
                       .key = as_bytes(records[i].name)});
    FLORIN_TRY_ASSIGN(const kafka::Delivered delivered, producer->send(batch));
    end = delivered.first + batch.size();
  }
  return end;
}

}  // namespace florin
