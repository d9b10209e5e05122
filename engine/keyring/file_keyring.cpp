#include "engine/keyring/file_keyring.hpp"

#include <chrono>
#include <string>

#include "engine/base/hex.hpp"
#include "engine/keyring/private_file.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t keyring_bytes_max = 1u << 20;
constexpr std::size_t kek_bytes_max = 256;

fs::path keyring_file(const fs::path& folder) { return folder / "keyring.json"; }
fs::path kek_file(const fs::path& folder) { return folder / "kek"; }

// For the operator's eyes only; nothing is decided on it.
Timestamp now() {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count())};
}

std::string describe(const KeyInfo& info) {
  return std::string(name(info.purpose)) + " key " + to_string(info.id);
}

Error not_opened(const KeyInfo& info, const std::string& file) {
  return {Errc::key_refused,
          "the key-encryption key does not open " + describe(info) + " of " + file +
              ": it is not the one that the keyring was made with, or the file was changed"};
}

Result<void> refuse_existing(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(keyring_file(folder), error))
    return fail(Errc::already_exists,
                "there is a keyring in " + folder.string() + " already; it is left as it is");
  if (fs::exists(kek_file(folder), error))
    return fail(Errc::already_exists,
                folder.string() +
                    " holds a kek without its keyring.json; restore that from its backup, or remove the "
                    "kek if nothing was ever written under this keyring");
  return {};
}

}  // namespace

FileKeyring::FileKeyring(fs::path folder, SecretKey kek) : folder_(std::move(folder)), kek_(std::move(kek)) {}

Result<std::unique_ptr<FileKeyring>> FileKeyring::make(const fs::path& folder, std::optional<SecretKey> kek) {
  FLORIN_TRY(refuse_existing(folder));
  if (!kek) {
    FLORIN_TRY_ASSIGN(kek, make_kek(kek_file(folder)));
  }
  return std::unique_ptr<FileKeyring>(new FileKeyring(folder, std::move(*kek)));
}

Result<std::unique_ptr<FileKeyring>> FileKeyring::init(const fs::path& folder, std::optional<SecretKey> kek) {
  FLORIN_TRY(make_private_folder(folder));
  FLORIN_TRY_ASSIGN(const FileDescriptor lock, lock_private_folder(folder));
  FLORIN_TRY_ASSIGN(auto keyring, make(folder, std::move(kek)));
  std::vector<WrappedKey> wrapped;
  for (const KeyPurpose purpose : key_purposes)
    wrapped.push_back(keyring->add_random(keyring->keys_, purpose));
  FLORIN_TRY(keyring->save(wrapped));
  return keyring;
}

Result<std::unique_ptr<FileKeyring>> FileKeyring::restore(const fs::path& folder,
                                                          const std::vector<OpenedKey>& keys,
                                                          std::optional<SecretKey> kek) {
  KeyTable table;
  for (const auto& [info, key] : keys)
    if (!table.add(info, key.clone())) return fail(Errc::format, "there is " + describe(info) + " twice");
  FLORIN_TRY(make_private_folder(folder));
  FLORIN_TRY_ASSIGN(const FileDescriptor lock, lock_private_folder(folder));
  FLORIN_TRY_ASSIGN(auto keyring, make(folder, std::move(kek)));
  keyring->keys_ = std::move(table);
  std::vector<WrappedKey> wrapped;
  wrapped.reserve(keys.size());
  for (const auto& [info, key] : keys)
    wrapped.push_back({info, wrap_key(keyring->kek_, info.purpose, info.id, key)});
  FLORIN_TRY(keyring->save(wrapped));
  return keyring;
}

Result<std::unique_ptr<FileKeyring>> FileKeyring::open(const fs::path& folder, std::optional<SecretKey> kek) {
  std::error_code error;
  if (!fs::exists(folder, error))
    return fail(Errc::not_found,
                "there is no keyring in " + folder.string() + "; `florin keys init` makes one");
  FLORIN_TRY(check_private_folder(folder));
  if (!kek) {
    auto own = read_kek(kek_file(folder));
    if (!own && own.error().code == Errc::not_found)
      return fail(Errc::key_missing, "the keyring " + folder.string() +
                                         " holds no key-encryption key; give the one that it was made with");
    FLORIN_TRY_ASSIGN(kek, std::move(own));
  }
  std::unique_ptr<FileKeyring> keyring(new FileKeyring(folder, std::move(*kek)));
  FLORIN_TRY_ASSIGN(Loaded loaded, keyring->load());
  keyring->keys_ = std::move(loaded.keys);
  return keyring;
}

Result<SecretKey> FileKeyring::make_kek(const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error)) return fail(Errc::already_exists, file.string() + " is there already");
  SecretKey kek = SecretKey::random();
  std::string text = to_base64(kek.view()) + "\n";
  const Result<void> written = write_private_file(file, text);
  sodium_memzero(text.data(), text.size());
  if (!written) return fail(written.error());
  return kek;
}

Result<SecretKey> FileKeyring::read_kek(const fs::path& file) {
  FLORIN_TRY_ASSIGN(std::string text, read_private_file(file, kek_bytes_max));
  Result<SecretKey> kek = parse_kek(text);
  sodium_memzero(text.data(), text.size());
  if (!kek) return fail(kek.error().code, file.string() + ": " + kek.error().message);
  return kek;
}

Result<FileKeyring::Loaded> FileKeyring::load() const {
  const std::string file = keyring_file(folder_).string();
  FLORIN_TRY_ASSIGN(const std::string text, read_private_file(file, keyring_bytes_max));
  Loaded loaded;
  auto parsed = parse_keyring(text);
  if (!parsed) return fail(parsed.error().code, file + " is not a keyring: " + parsed.error().message);
  loaded.wrapped = std::move(*parsed);
  for (const WrappedKey& entry : loaded.wrapped) {
    auto key = unwrap_key(kek_, entry.info.purpose, entry.info.id, entry.wrapped);
    if (!key) return fail(not_opened(entry.info, file));
    if (!loaded.keys.add(entry.info, std::move(*key)))
      return fail(Errc::format, file + " has " + describe(entry.info) + " twice");
  }
  return loaded;
}

Result<void> FileKeyring::save(const std::vector<WrappedKey>& keys) const {
  return write_private_file(keyring_file(folder_), format_keyring(keys));
}

WrappedKey FileKeyring::add_random(KeyTable& keys, KeyPurpose purpose) const {
  const KeyInfo info{purpose, keys.next(purpose), now()};
  SecretKey key = SecretKey::random();
  WrappedKey wrapped{info, wrap_key(kek_, purpose, info.id, key)};
  const bool added = keys.add(info, std::move(key));
  FLORIN_ASSERT(added);
  return wrapped;
}

Result<KeyId> FileKeyring::create(KeyPurpose purpose) {
  std::lock_guard guard(mutex_);
  FLORIN_TRY_ASSIGN(const FileDescriptor lock, lock_private_folder(folder_));
  // Read again under the lock: another process may have created keys, and no id may ever be given twice.
  FLORIN_TRY_ASSIGN(Loaded loaded, load());
  loaded.wrapped.push_back(add_random(loaded.keys, purpose));
  FLORIN_TRY(save(loaded.wrapped));
  keys_ = std::move(loaded.keys);
  return loaded.wrapped.back().info.id;
}

Result<SecretKey> FileKeyring::key(KeyPurpose purpose, KeyId id) const {
  std::lock_guard guard(mutex_);
  return keys_.key(purpose, id);
}

Result<KeyId> FileKeyring::newest(KeyPurpose purpose) const {
  std::lock_guard guard(mutex_);
  return keys_.newest(purpose);
}

std::vector<KeyInfo> FileKeyring::list() const {
  std::lock_guard guard(mutex_);
  return keys_.list();
}

}  // namespace florin
