// The keyring of a process, and what is made from it: in a folder for an embedded journal, in a topic on
// Apache Kafka.
#pragma once

#include <memory>

#include "deploy/florin/settings.hpp"
#include "engine/envelope/envelope.hpp"
#include "engine/keyring/keyring_backup.hpp"
#include "engine/keyring/wrapped_keyring.hpp"
#include "engine/store/storage_keys.hpp"

namespace florin {

enum class IfMissing { create, refuse };

// Opens the keyring, or makes one where there is neither keyring nor journal. Errors: those of FileKeyring or
// KafkaKeyring, and key_missing when a journal is there without its keys, or Kafka without a key-encryption
// key.
Result<std::unique_ptr<WrappedKeyring>> open_keyring(const Settings& settings, IfMissing missing);
std::string place_of_keyring(const Settings& settings);  // "florin-data/keys", or "the topic florin.keyring"

// A new keyring with these keys. Errors: those of FileKeyring::restore or KafkaKeyring::restore.
Result<void> restore_keyring(const Settings& settings, const std::vector<OpenedKey>& keys);

struct OpenedKeys {
  std::unique_ptr<WrappedKeyring> keyring{};
  std::unique_ptr<Envelope> envelope{};
  std::shared_ptr<StorageKeys> storage_keys{};  // of all stores
};
Result<OpenedKeys> open_keys(const Settings& settings, IfMissing missing);
Result<OpenedKeys> keys_of(std::unique_ptr<WrappedKeyring> keyring);

}  // namespace florin
