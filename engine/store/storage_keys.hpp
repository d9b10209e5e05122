// The storage keys of a keyring, as ciphers of files: a new file is encrypted under the newest key, an old
// one is read under the key that its prefix names (docs/formats/state.md). Shared by all stores of a process,
// so that a rotation reaches them while they are open.
//
// Any thread. Keys are added, never taken away, and are wiped with the object.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/base/result.hpp"
#include "engine/keyring/keyring.hpp"
#include "engine/store/aes_ctr.hpp"

namespace florin {

inline constexpr std::size_t file_prefix_bytes = 4096;  // a page, so that aligned reads stay aligned

// How one file is encrypted.
struct FileCipher {
  std::shared_ptr<AesCtr> cipher;
  CounterBlock counter{};
};

class StorageKeys {
 public:
  // With all storage keys of the keyring. Errors: key_missing when there is none, those of key().
  static Result<std::shared_ptr<StorageKeys>> load(const Keyring& keyring);

  // The highest id is the newest. A key that is known already is left as it is.
  void add(KeyId id, const SecretKey& key);
  KeyId newest() const;  // some key must be there

  Bytes make_prefix() const;  // of a new file, with a random counter
  // Errors: key_missing (names the key that is not held), key_refused (names both keys), format.
  Result<FileCipher> open_prefix(const std::string& file, ByteView prefix) const;

 private:
  using Check = std::array<std::uint8_t, 16>;
  struct Key {
    Check check{};
    std::shared_ptr<AesCtr> cipher;
  };
  static std::string describe(KeyId id, const Check& check);

  mutable std::mutex mutex_;
  std::map<KeyId, Key> keys_;
};

// The id of the key that the file is encrypted under, as its prefix says; nothing is decrypted. Errors:
// format, io.
Result<KeyId> storage_key_of(const std::filesystem::path& file);

// How many files of the stores in this folder and those in it are encrypted under an older key than this one.
// Files that come and go meanwhile may be counted or not. Errors: io.
Result<std::size_t> files_behind(const std::filesystem::path& folder, KeyId newest);

}  // namespace florin
