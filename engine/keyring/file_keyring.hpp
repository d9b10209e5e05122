// The keyring in a folder of its own (mode 0700): `keyring.json` with the wrapped keys and, unless the caller
// brings the key-encryption key, that key in `kek` (docs/formats/keyring.md). All files have mode 0600.
//
// Any thread; several processes may open one folder, and keys that another one creates are seen after the
// next create() or rotate_kek(). Opened keys stay in memory and are wiped with the object.
#pragma once

#include <filesystem>
#include <mutex>

#include "engine/keyring/key_table.hpp"
#include "engine/keyring/key_wrap.hpp"
#include "engine/keyring/keyring_backup.hpp"
#include "engine/keyring/keyring_json.hpp"
#include "engine/keyring/wrapped_keyring.hpp"

namespace florin {

class FileKeyring final : public WrappedKeyring {
 public:
  // A new keyring with a first key of every purpose. Without `kek`, a random one is made and kept in the
  // folder. Errors: already_exists, permission, io, disk_full.
  static Result<std::unique_ptr<FileKeyring>> init(const std::filesystem::path& folder,
                                                   std::optional<SecretKey> kek = std::nullopt);

  // `kek` wins over the folder's own. With it the caller may bring the one before it, under which keys may
  // still be wrapped. Errors: not_found, permission (the text says how to mend it), key_missing (no
  // key-encryption key), key_refused (names the key that none opens), format, io.
  static Result<std::unique_ptr<FileKeyring>> open(const std::filesystem::path& folder,
                                                   std::optional<SecretKey> kek = std::nullopt,
                                                   std::optional<SecretKey> kek_before = std::nullopt);

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
  Result<void> destroy(KeyPurpose purpose, KeyId id) override;
  std::vector<KeyInfo> list() const override;

  KekStatus kek_status() const override;
  // Wraps every key under the newest key-encryption key: a new random one where the folder keeps its own,
  // else the one that the caller brought. All or nothing, durable when it returns; a crash at any moment
  // leaves a keyring that opens. Errors: already_exists (the caller brought one, and all keys are under it),
  // and those of create().
  Result<KekStatus> rotate_kek() override;
  void on_change(std::function<void()>) override {}

 private:
  struct Loaded {
    Keks keks;
    std::vector<WrappedKey> wrapped;
    KeyTable keys;
    KekStatus status;
  };

  FileKeyring(std::filesystem::path folder, std::optional<Keks> brought);
  // Makes a folder with these keys, wrapped.
  static Result<std::unique_ptr<FileKeyring>> make(const std::filesystem::path& folder,
                                                   const std::vector<OpenedKey>& keys,
                                                   std::optional<SecretKey> kek);
  Result<Keks> keks() const;
  Result<Loaded> load() const;
  Result<Loaded> load_settled() const;
  Result<void> unwrap(Loaded& loaded, const std::string& file) const;
  Result<void> save(const std::vector<WrappedKey>& keys) const;
  Result<void> wrap_all(Loaded& loaded) const;
  Result<void> renew_own_kek(Loaded& loaded) const;
  void take(Loaded loaded);

  const std::filesystem::path folder_;
  const std::optional<Keks> brought_;  // none: the folder keeps its own
  mutable std::mutex mutex_;
  KeyTable keys_;
  KekStatus status_;
};

}  // namespace florin
