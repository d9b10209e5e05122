#include "engine/keyring/file_keyring.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "engine/base/hex.hpp"
#include "engine/keyring/private_file.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t keyring_bytes_max = 1u << 20;
constexpr std::size_t kek_bytes_max = 256;
constexpr int open_tries_max = 100;

fs::path keyring_file(const fs::path& folder) { return folder / "keyring.json"; }
fs::path kek_file(const fs::path& folder) { return folder / "kek"; }
fs::path kek_before_file(const fs::path& folder) { return folder / "kek.before"; }

// For the operator's eyes only; nothing is decided on it.
Timestamp now() {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count())};
}

std::string describe(const KeyInfo& info) { return florin::describe(info.purpose, info.id); }

Result<void> write_kek(const fs::path& file, const SecretKey& kek) {
  std::string text = to_base64(kek.view()) + "\n";
  Result<void> written = write_private_file(file, text);
  sodium_memzero(text.data(), text.size());
  return written;
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

FileKeyring::FileKeyring(fs::path folder, std::optional<Keks> brought)
    : folder_(std::move(folder)), brought_(std::move(brought)) {}

Result<std::unique_ptr<FileKeyring>> FileKeyring::init(const fs::path& folder, std::optional<SecretKey> kek) {
  std::vector<OpenedKey> keys;
  for (const KeyPurpose purpose : key_purposes)
    keys.emplace_back(KeyInfo{purpose, {1}, now()}, SecretKey::random());
  return make(folder, keys, std::move(kek));
}

Result<std::unique_ptr<FileKeyring>> FileKeyring::restore(const fs::path& folder,
                                                          const std::vector<OpenedKey>& keys,
                                                          std::optional<SecretKey> kek) {
  return make(folder, keys, std::move(kek));
}

Result<std::unique_ptr<FileKeyring>> FileKeyring::make(const fs::path& folder,
                                                       const std::vector<OpenedKey>& keys,
                                                       std::optional<SecretKey> kek) {
  KeyTable table;
  for (const auto& [info, key] : keys)
    if (!table.add(info, key.clone())) return fail(Errc::format, "there is " + describe(info) + " twice");
  FLORIN_TRY(make_private_folder(folder));
  FLORIN_TRY_ASSIGN(const FileDescriptor lock, lock_private_folder(folder));
  FLORIN_TRY(refuse_existing(folder));
  std::optional<Keks> brought;
  if (kek) {
    brought.emplace(Keks{kek->clone(), std::nullopt});
  } else {
    FLORIN_TRY_ASSIGN(kek, make_kek(kek_file(folder)));
  }
  std::unique_ptr<FileKeyring> keyring(new FileKeyring(folder, std::move(brought)));
  std::vector<WrappedKey> wrapped;
  wrapped.reserve(keys.size());
  for (const auto& [info, key] : keys) wrapped.push_back({info, wrap_key(*kek, info.purpose, info.id, key)});
  FLORIN_TRY(keyring->save(wrapped));
  keyring->keys_ = std::move(table);
  return keyring;
}

Result<std::unique_ptr<FileKeyring>> FileKeyring::open(const fs::path& folder, std::optional<SecretKey> kek,
                                                       std::optional<SecretKey> kek_before) {
  std::error_code error;
  if (!fs::exists(folder, error))
    return fail(Errc::not_found,
                "there is no keyring in " + folder.string() + "; `florin keys init` makes one");
  FLORIN_TRY(check_private_folder(folder));
  std::optional<Keks> brought;
  if (kek) brought.emplace(Keks{std::move(*kek), std::move(kek_before)});
  std::unique_ptr<FileKeyring> keyring(new FileKeyring(folder, std::move(brought)));
  FLORIN_TRY_ASSIGN(Loaded loaded, keyring->load_settled());
  keyring->take(std::move(loaded));
  return keyring;
}

Result<SecretKey> FileKeyring::make_kek(const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error)) return fail(Errc::already_exists, file.string() + " is there already");
  SecretKey kek = SecretKey::random();
  FLORIN_TRY(write_kek(file, kek));
  return kek;
}

Result<SecretKey> FileKeyring::read_kek(const fs::path& file) {
  FLORIN_TRY_ASSIGN(std::string text, read_private_file(file, kek_bytes_max));
  Result<SecretKey> kek = parse_kek(text);
  sodium_memzero(text.data(), text.size());
  if (!kek) return fail(kek.error().code, file.string() + ": " + kek.error().message);
  return kek;
}

Result<Keks> FileKeyring::keks() const {
  if (brought_) return brought_->clone();
  auto newest = read_kek(kek_file(folder_));
  if (!newest && newest.error().code == Errc::not_found)
    return fail(Errc::key_missing, "the keyring " + folder_.string() +
                                       " holds no key-encryption key; give the one that it was made with");
  if (!newest) return fail(newest.error());
  Keks keks{std::move(*newest), std::nullopt};
  auto before = read_kek(kek_before_file(folder_));
  if (before) keks.before = std::move(*before);
  else if (before.error().code != Errc::not_found) return fail(before.error());
  return keks;
}

Result<FileKeyring::Loaded> FileKeyring::load() const {
  const std::string file = keyring_file(folder_).string();
  FLORIN_TRY_ASSIGN(const std::string text, read_private_file(file, keyring_bytes_max));
  FLORIN_TRY_ASSIGN(Keks read, keks());
  Loaded loaded{std::move(read), {}, {}, {}};
  auto parsed = parse_keyring(text);
  if (!parsed) return fail(parsed.error().code, file + " is not a keyring: " + parsed.error().message);
  loaded.wrapped = std::move(*parsed);
  FLORIN_TRY(unwrap(loaded, file));
  return loaded;
}

// Another process may be wrapping the keys again: between two files that are read here, both may have
// changed. It saves `keyring.json` before `kek` and `kek.before` go on to another rotation, so keys that are
// refused are so for good when that file is the same afterwards.
Result<FileKeyring::Loaded> FileKeyring::load_settled() const {
  std::string before;
  for (int tries = 1;; ++tries) {
    Result<Loaded> loaded = load();
    if (loaded || loaded.error().code != Errc::key_refused || tries == open_tries_max) return loaded;
    FLORIN_TRY_ASSIGN(std::string after, read_private_file(keyring_file(folder_), keyring_bytes_max));
    if (after == before) return loaded;
    before = std::move(after);
  }
}

Result<void> FileKeyring::unwrap(Loaded& loaded, const std::string& file) const {
  std::uint32_t version = 0, version_before = 0;
  for (const WrappedKey& entry : loaded.wrapped) {
    auto key = unwrap_key(loaded.keks.newest, entry.info.purpose, entry.info.id, entry.wrapped);
    if (key) version = std::max(version, entry.kek);
    if (!key && loaded.keks.before) {
      key = unwrap_key(*loaded.keks.before, entry.info.purpose, entry.info.id, entry.wrapped);
      version_before = std::max(version_before, entry.kek);
      loaded.status.behind += 1;
    }
    if (!key) return fail(not_opened(entry.info, file));
    if (!loaded.keys.add(entry.info, std::move(*key)))
      return fail(Errc::format, file + " has " + describe(entry.info) + " twice");
  }
  loaded.status.version = newest_kek_version(version, version_before);
  return {};
}

Result<void> FileKeyring::save(const std::vector<WrappedKey>& keys) const {
  return write_private_file(keyring_file(folder_), format_keyring(keys));
}

void FileKeyring::take(Loaded loaded) {
  keys_ = std::move(loaded.keys);
  status_ = loaded.status;
}

Result<KeyId> FileKeyring::create(KeyPurpose purpose) {
  std::lock_guard guard(mutex_);
  FLORIN_TRY_ASSIGN(const FileDescriptor lock, lock_private_folder(folder_));
  // Read again under the lock: another process may have created keys, and no id may ever be given twice.
  FLORIN_TRY_ASSIGN(Loaded loaded, load());
  const KeyInfo info{purpose, loaded.keys.next(purpose), now()};
  SecretKey key = SecretKey::random();
  loaded.wrapped.push_back(
      {info, wrap_key(loaded.keks.newest, purpose, info.id, key), loaded.status.version});
  const bool added = loaded.keys.add(info, std::move(key));
  FLORIN_ASSERT(added);
  FLORIN_TRY(save(loaded.wrapped));
  take(std::move(loaded));
  return info.id;
}

Result<void> FileKeyring::destroy(KeyPurpose purpose, KeyId id) {
  std::lock_guard guard(mutex_);
  FLORIN_TRY_ASSIGN(const FileDescriptor lock, lock_private_folder(folder_));
  FLORIN_TRY_ASSIGN(Loaded loaded, load());
  FLORIN_TRY(loaded.keys.remove(purpose, id));
  std::erase_if(loaded.wrapped, [&](const WrappedKey& entry) {
    return entry.info.purpose == purpose && entry.info.id == id;
  });
  FLORIN_TRY(save(loaded.wrapped));
  FLORIN_TRY_ASSIGN(Loaded left, load());
  take(std::move(left));
  return {};
}

Result<KekStatus> FileKeyring::rotate_kek() {
  std::lock_guard guard(mutex_);
  FLORIN_TRY_ASSIGN(const FileDescriptor lock, lock_private_folder(folder_));
  FLORIN_TRY_ASSIGN(Loaded loaded, load());
  if (!brought_) {
    FLORIN_TRY(renew_own_kek(loaded));
  } else if (loaded.status.behind == 0) {
    return fail(nothing_to_wrap_again());
  }
  FLORIN_TRY(wrap_all(loaded));
  if (!brought_) FLORIN_TRY(remove_private_file(kek_before_file(folder_)));
  const KekStatus status = loaded.status;
  take(std::move(loaded));
  return status;
}

// At every moment `kek` and `kek.before` open all keys: what an interrupted rotation left behind is wrapped
// under `kek` first, then `kek` becomes the one before, then it is replaced.
Result<void> FileKeyring::renew_own_kek(Loaded& loaded) const {
  if (loaded.status.behind != 0) FLORIN_TRY(wrap_all(loaded));
  FLORIN_TRY(write_kek(kek_before_file(folder_), loaded.keks.newest));
  SecretKey fresh = SecretKey::random();
  FLORIN_TRY(write_kek(kek_file(folder_), fresh));
  loaded.keks.newest = std::move(fresh);
  loaded.status.version += 1;
  return {};
}

Result<void> FileKeyring::wrap_all(Loaded& loaded) const {
  for (WrappedKey& entry : loaded.wrapped) {
    FLORIN_TRY_ASSIGN(const SecretKey key, loaded.keys.key(entry.info.purpose, entry.info.id));
    entry.wrapped = wrap_key(loaded.keks.newest, entry.info.purpose, entry.info.id, key);
    entry.kek = loaded.status.version;
  }
  FLORIN_TRY(save(loaded.wrapped));
  loaded.status.behind = 0;
  return {};
}

KekStatus FileKeyring::kek_status() const {
  std::lock_guard guard(mutex_);
  return status_;
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
