// The keyring that processes share: wrapped keys in a compacted topic on Apache Kafka, under a key-encryption
// key that each process brings (docs/formats/keyring.md). Whoever's claim of an id comes first in the topic
// has it, so no id is ever given twice; a key that another process created is found when it is asked for.
//
// Any thread. Opened keys stay in memory and are wiped with the object.
#pragma once

#include "engine/kafka/producer.hpp"
#include "engine/keyring/keyring_backup.hpp"
#include "engine/keyring/keyring_follower.hpp"
#include "engine/keyring/wrapped_keyring.hpp"

namespace florin {

// For a key that is not known yet: how long key() asks the brokers before it gives an error.
inline constexpr std::chrono::milliseconds key_wait_max{5'000};
// For create() and rotate_kek(); more than a send takes at most, so that a doubt can be resolved.
inline constexpr std::chrono::milliseconds keyring_write_wait_max{30'000};
// For destroy(); brokers compact within a minute by their defaults and the topic's settings.
inline constexpr std::chrono::milliseconds destroy_wait_default{180'000};

struct KafkaKeyringOptions {
  std::chrono::milliseconds open_wait{30'000};
  std::chrono::milliseconds send_timeout{kafka::send_timeout_default};
  std::chrono::milliseconds destroy_wait{destroy_wait_default};
  bool make_first_keys = true;  // in an empty topic; else that is key_missing
};

class KafkaKeyring final : public WrappedKeyring {
 public:
  // An empty topic gets a first key of every purpose; processes that do so at once agree on them. Errors:
  // not_found (no such topic), key_refused (names the key that neither key-encryption key opens), format, io,
  // overloaded, deadline, invalid_argument, permission.
  static Result<std::unique_ptr<KafkaKeyring>> open(const kafka::Connection& connection,
                                                    const kafka::Partition& partition, Keks keks,
                                                    KafkaKeyringOptions options = {});

  // Fills an empty topic with these keys; nobody else may have it open. Errors: already_exists (the topic is
  // not empty), format (a key twice), and those of open().
  static Result<std::unique_ptr<KafkaKeyring>> restore(const kafka::Connection& connection,
                                                       const kafka::Partition& partition,
                                                       const std::vector<OpenedKey>& keys, Keks keks,
                                                       KafkaKeyringOptions options = {});

  // For an id that is not known it reads the topic to its present end first. Errors also: key_refused,
  // io (no broker tells in time whether there is such a key), format.
  Result<SecretKey> key(KeyPurpose purpose, KeyId id) const override;
  Result<KeyId> newest(KeyPurpose purpose) const override;
  // Errors: overloaded (nothing was created), deadline (not known; the key may appear later), io, format.
  Result<KeyId> create(KeyPurpose purpose) override;
  // Takes the key from every process, and returns when the topic, read from its start, has none of its bytes
  // any more: what brokers have compacted. Errors also: deadline (not yet; calling it again goes on waiting).
  // A key that was destroyed may be destroyed again.
  Result<void> destroy(KeyPurpose purpose, KeyId id) override;
  std::vector<KeyInfo> list() const override;

  KekStatus kek_status() const override;
  // Wraps every key under the newest key-encryption key, which every process must have been given by then.
  // Errors: already_exists (all keys are under it), and those of create(); calling it again goes on.
  Result<KekStatus> rotate_kek() override;

  // Called by a thread of the keyring's own after keys came or went, whoever changed them, until it is set to
  // something else; a call that is under way ends first. Set it, then load the keys. It may look at the keys
  // that list() names, and must not create, destroy or wrap any.
  void on_change(std::function<void()> call) override { follower_->on_change(std::move(call)); }

 private:
  KafkaKeyring(kafka::Connection connection, kafka::Partition partition, KafkaKeyringOptions options)
      : connection_(std::move(connection)), partition_(std::move(partition)), options_(options) {}
  static Result<std::unique_ptr<KafkaKeyring>> attach(const kafka::Connection& connection,
                                                      const kafka::Partition& partition, Keks keks,
                                                      KafkaKeyringOptions options, kafka::Deadline deadline);
  Result<void> make_first_keys(kafka::Deadline deadline);
  // What of one key the topic has, read from its start.
  struct Traces {
    bool marked = false;                // as destroyed
    bool bytes = false;                 // a wrapped key is there, superseded or not
    std::vector<TopicRecord> claims{};  // tombstones for those that are not withdrawn
  };
  Result<Traces> find_traces(KeyPurpose purpose, KeyId id, kafka::Deadline deadline) const;
  Result<bool> destroy_step(KeyPurpose purpose, KeyId id, kafka::Deadline deadline);
  // Appends them behind tombstones for claims that have no id, and returns when all of that was read.
  Result<void> put(std::vector<TopicRecord> records, kafka::Deadline deadline);
  Result<void> put_claims(const std::vector<TopicRecord>& claims, kafka::Deadline deadline);
  Result<std::uint64_t> append(const std::vector<TopicRecord>& records, kafka::Deadline deadline) const;

  const kafka::Connection connection_;
  const kafka::Partition partition_;
  const KafkaKeyringOptions options_;
  std::unique_ptr<KeyringFollower> follower_{};
  std::mutex writing_;  // one changes the topic at a time, of this process
};

}  // namespace florin
