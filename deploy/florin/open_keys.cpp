#include "deploy/florin/open_keys.hpp"

#include "deploy/florin/kafka_connection.hpp"
#include "deploy/florin/kafka_partition.hpp"
#include "engine/journal/kafka_topics.hpp"
#include "engine/keyring/file_keyring.hpp"
#include "engine/keyring/kafka_keyring.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

std::optional<SecretKey> copy_of(const std::optional<SecretKey>& kek) {
  if (!kek) return std::nullopt;
  return kek->clone();
}

Result<std::unique_ptr<WrappedKeyring>> open_in_folder(const Settings& settings, IfMissing missing) {
  std::error_code error;
  if (fs::exists(settings.keyring, error) || missing == IfMissing::refuse)
    return FileKeyring::open(settings.keyring, copy_of(settings.kek), copy_of(settings.kek_before));
  if (fs::exists(settings.journal_path, error))
    return fail(Errc::key_missing, "there is a journal at " + settings.journal_path.string() +
                                       " but no keyring at " + settings.keyring.string() +
                                       "; restore the keyring that belongs to it");
  FLORIN_TRY(make_data_folder(settings.keyring.parent_path()));
  return FileKeyring::init(settings.keyring, copy_of(settings.kek));
}

kafka::Partition topic_of(const Settings& settings) { return {keyring_topic(settings.topic_prefix), 0}; }

Result<Keks> brought(const Settings& settings) {
  if (settings.kek) return Keks{settings.kek->clone(), copy_of(settings.kek_before)};
  return fail(Errc::key_missing,
              "the keyring on Kafka is shared, so each process brings the key-encryption key: set FLORIN_KEK "
              "to the base64 of 32 random bytes, the same for all, such as from `openssl rand -base64 32`");
}

Result<std::unique_ptr<WrappedKeyring>> open_on_kafka(const Settings& settings, IfMissing missing) {
  FLORIN_TRY_ASSIGN(Keks keks, brought(settings));
  FLORIN_TRY_ASSIGN(const kafka::Connection connection, kafka_connection(settings));
  KafkaKeyringOptions options;
  FLORIN_TRY_ASSIGN(const bool empty, journal_is_empty(settings));
  options.make_first_keys = missing == IfMissing::create && empty;
  return KafkaKeyring::open(connection, topic_of(settings), std::move(keks), options);
}

}  // namespace

Result<std::unique_ptr<WrappedKeyring>> open_keyring(const Settings& settings, IfMissing missing) {
  if (settings.journal == JournalKind::kafka) return open_on_kafka(settings, missing);
  return open_in_folder(settings, missing);
}

std::string place_of_keyring(const Settings& settings) {
  if (settings.journal == JournalKind::kafka) return "the topic " + keyring_topic(settings.topic_prefix);
  return settings.keyring.string();
}

Result<void> restore_keyring(const Settings& settings, const std::vector<OpenedKey>& keys) {
  if (settings.journal == JournalKind::kafka) {
    FLORIN_TRY_ASSIGN(Keks keks, brought(settings));
    FLORIN_TRY_ASSIGN(const kafka::Connection connection, kafka_connection(settings));
    FLORIN_TRY(KafkaKeyring::restore(connection, topic_of(settings), keys, std::move(keks)));
    return {};
  }
  FLORIN_TRY(make_data_folder(settings.keyring.parent_path()));
  FLORIN_TRY(FileKeyring::restore(settings.keyring, keys, copy_of(settings.kek)));
  return {};
}

Result<OpenedKeys> keys_of(std::unique_ptr<WrappedKeyring> keyring) {
  OpenedKeys keys;
  keys.keyring = std::move(keyring);
  keys.envelope = std::make_unique<Envelope>(*keys.keyring);
  FLORIN_TRY_ASSIGN(keys.storage_keys, StorageKeys::load(*keys.keyring));
  return keys;
}

Result<OpenedKeys> open_keys(const Settings& settings, IfMissing missing) {
  FLORIN_TRY(make_data_folder(settings.data));
  FLORIN_TRY_ASSIGN(auto keyring, open_keyring(settings, missing));
  return keys_of(std::move(keyring));
}

}  // namespace florin
