// The keyring in a folder of its own (mode 0700): `keyring.json` with the wrapped keys and, unless the caller
// brings the key-encryption key, that key in `kek` (docs/formats/keyring.md). Both files have mode 0600.
//
// Any thread; several processes may open one folder, and keys that another one creates are seen after the
// next create(). Opened keys stay in memory and are wiped with the object.
#pragma once

#include <filesystem>
#include <mutex>

#include "engine/keyring/key_table.hpp"
#include "engine/keyring/key_wrap.hpp"
#include "engine/keyring/keyring_backup.hpp"
#include "engine/keyring/keyring_json.hpp"

namespace florin {

class FileKeyring final : public Keyring {
 public:
  // A new keyring with a first key of every purpose. Without `kek`, a random one is made and kept in the
  // folder. Errors: already_exists, permission, io, disk_full.
  static Result<std::unique_ptr<FileKeyring>> init(const std::filesystem::path& folder,
                                                   std::optional<SecretKey> kek = std::nullopt);

  // `kek` wins over the folder's own. Errors: not_found, permission (the text says how to mend it),
  // key_missing (no key-encryption key), key_refused (names the key that it does not open), format, io.
  static Result<std::unique_ptr<FileKeyring>> open(const std::filesystem::path& folder,
                                                   std::optional<SecretKey> kek = std::nullopt);

  // A new keyring with these keys, as init() makes one. Errors also: format (a key twice).
  static Result<std::unique_ptr<FileKeyring>> restore(const std::filesystem::path& folder,
                                                      const std::vector<OpenedKey>& keys,
                                                      std::optional<SecretKey> kek = std::nullopt);

  // A new random key-encryption key in a private file that is not there yet. Errors: already_exists,
  // permission, io, disk_full.
  static Result<SecretKey> make_kek(const std::filesystem::path& file);
  // A key-encryption key from a private file, as parse_kek() reads it. Errors also: not_found, permission,
  // io.
  static Result<SecretKey> read_kek(const std::filesystem::path& file);

  Result<SecretKey> key(KeyPurpose purpose, KeyId id) const override;
  Result<KeyId> newest(KeyPurpose purpose) const override;
  Result<KeyId> create(KeyPurpose purpose) override;
  std::vector<KeyInfo> list() const override;

 private:
  struct Loaded {
    std::vector<WrappedKey> wrapped;
    KeyTable keys;
  };

  FileKeyring(std::filesystem::path folder, SecretKey kek);
  // Without keys and not saved yet; the caller holds the folder's lock.
  static Result<std::unique_ptr<FileKeyring>> make(const std::filesystem::path& folder,
                                                   std::optional<SecretKey> kek);
  Result<Loaded> load() const;
  Result<void> save(const std::vector<WrappedKey>& keys) const;
  WrappedKey add_random(KeyTable& keys, KeyPurpose purpose) const;

  const std::filesystem::path folder_;
  const SecretKey kek_;
  mutable std::mutex mutex_;
  KeyTable keys_;
};

}  // namespace florin
