#include "engine/store/storage_keys.hpp"

#include <sodium.h>

#include <algorithm>
#include <fstream>

#include "engine/base/codec.hpp"
#include "engine/base/hash.hpp"
#include "engine/base/hex.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

// A file is a prefix and the encrypted bytes, which start at offset 4096:
//   magic "FLORINST" | format u16 | key id u32 | key check 16 bytes | counter 16 bytes | zeros up to 4096
constexpr std::string_view magic = "FLORINST";
constexpr std::uint16_t file_format = 0;
constexpr std::string_view lock_file = "LOCK";  // RocksDB's, always empty

struct Prefix {
  KeyId key;
  std::array<std::uint8_t, 16> check{};
  CounterBlock counter{};
};

SecretKey cipher_key(const SecretKey& storage_key) {
  return SecretKey(blake2b_keyed(storage_key.view(), as_bytes("florin storage cipher v0")));
}

Result<Prefix> decode_prefix(const std::string& file, ByteView bytes) {
  Reader reader(bytes);
  const bool known =
      as_text(reader.raw(magic.size())) == magic && reader.fixed<std::uint16_t>() == file_format;
  Prefix prefix;
  prefix.key = {reader.fixed<std::uint32_t>()};
  const ByteView check = reader.raw(prefix.check.size());
  const ByteView counter = reader.raw(prefix.counter.size());
  if (!known || reader.failed())
    return fail(Errc::format, file + " does not begin as an encrypted file of a store of format " +
                                  std::to_string(file_format) +
                                  "; remove the store's folder to rebuild it from the journal");
  std::copy(check.begin(), check.end(), prefix.check.begin());
  std::copy(counter.begin(), counter.end(), prefix.counter.begin());
  return prefix;
}

}  // namespace

Result<std::shared_ptr<StorageKeys>> StorageKeys::load(const Keyring& keyring) {
  FLORIN_TRY(keyring.newest(KeyPurpose::storage));
  auto keys = std::make_shared<StorageKeys>();
  for (const KeyInfo& info : keyring.list()) {
    if (info.purpose != KeyPurpose::storage) continue;
    FLORIN_TRY_ASSIGN(const SecretKey key, keyring.key(info.purpose, info.id));
    keys->add(info.id, key);
  }
  return keys;
}

void StorageKeys::add(KeyId id, const SecretKey& key) {
  Key made;
  const Hash256 hash = blake2b_keyed(key.view(), as_bytes("florin storage check v0"));
  std::copy_n(hash.begin(), made.check.size(), made.check.begin());
  made.cipher = std::make_shared<AesCtr>(cipher_key(key));
  const std::lock_guard lock(mutex_);
  keys_.try_emplace(id, std::move(made));
}

KeyId StorageKeys::newest() const {
  const std::lock_guard lock(mutex_);
  FLORIN_ASSERT(!keys_.empty());
  return keys_.rbegin()->first;
}

Bytes StorageKeys::make_prefix() const {
  CounterBlock counter{};
  randombytes_buf(counter.data(), counter.size());
  Bytes bytes;
  Writer writer(bytes);
  writer.raw(as_bytes(magic));
  writer.fixed(file_format);
  const std::lock_guard lock(mutex_);
  FLORIN_ASSERT(!keys_.empty());
  const auto& [id, key] = *keys_.rbegin();
  writer.fixed(id.value);
  writer.raw(key.check);
  writer.raw(counter);
  bytes.resize(file_prefix_bytes);
  return bytes;
}

Result<FileCipher> StorageKeys::open_prefix(const std::string& file, ByteView bytes) const {
  FLORIN_TRY_ASSIGN(const Prefix prefix, decode_prefix(file, bytes));
  const std::lock_guard lock(mutex_);
  FLORIN_ASSERT(!keys_.empty());
  const auto found = keys_.find(prefix.key);
  const std::string written = file + " was written under " + describe(prefix.key, prefix.check);
  if (found == keys_.end())
    return fail(Errc::key_missing, written + ", which the keyring does not hold: its newest is storage key " +
                                       to_string(keys_.rbegin()->first) +
                                       "; restore it from the keyring's backup, or remove the store's folder "
                                       "to rebuild it from the journal");
  if (found->second.check != prefix.check)
    return fail(Errc::key_refused, written + ", not under " + describe(found->first, found->second.check) +
                                       "; give the keyring that it was written with");
  return FileCipher{found->second.cipher, prefix.counter};
}

// What names a key in an error: its id, and the start of its check value, since two keyrings may use the same
// id.
std::string StorageKeys::describe(KeyId id, const Check& check) {
  return "storage key " + to_string(id) + " (check " + to_hex(ByteView(check).first(4)) + ")";
}

Result<KeyId> storage_key_of(const fs::path& file) {
  constexpr std::size_t head_bytes = 64;  // what of the prefix is not zeros
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::io, "cannot open " + file.string() + " to read");
  Bytes bytes(head_bytes);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  FLORIN_TRY_ASSIGN(const Prefix prefix, decode_prefix(file.string(), bytes));
  return prefix.key;
}

Result<std::size_t> files_behind(const fs::path& folder, KeyId newest) {
  std::size_t behind = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;
    if (!it->is_regular_file(gone) || it->path().filename() == lock_file) continue;
    const Result<KeyId> key = storage_key_of(it->path());
    behind += key && *key < newest ? 1 : 0;
  }
  if (error)
    return fail(Errc::io, "cannot list the store's folder " + folder.string() + ": " + error.message());
  return behind;
}

}  // namespace florin
