#include "engine/keyring/keyring_backup.hpp"

#include "engine/keyring/key_wrap.hpp"
#include "engine/keyring/keyring_json.hpp"
#include "engine/keyring/private_file.hpp"

namespace florin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t backup_bytes_max = 1u << 20;

}  // namespace

Result<std::size_t> write_backup(const Keyring& keyring, const SecretKey& recovery, const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error))
    return fail(Errc::already_exists, file.string() + " is there already; a backup never replaces another");
  std::vector<WrappedKey> wrapped;
  for (const KeyInfo& info : keyring.list()) {
    FLORIN_TRY_ASSIGN(const SecretKey key, keyring.key(info.purpose, info.id));
    wrapped.push_back({info, wrap_key(recovery, info.purpose, info.id, key)});
  }
  FLORIN_TRY(write_private_file(file, format_keyring(wrapped)));
  FLORIN_TRY_ASSIGN(const auto written, read_backup(file, recovery));
  return written.size();
}

Result<std::vector<OpenedKey>> read_backup(const fs::path& file, const SecretKey& recovery) {
  FLORIN_TRY_ASSIGN(const std::string text, read_private_file(file, backup_bytes_max));
  const auto wrapped = parse_keyring(text);
  if (!wrapped)
    return fail(wrapped.error().code,
                file.string() + " is no backup of a keyring: " + wrapped.error().message);
  std::vector<OpenedKey> keys;
  for (const WrappedKey& entry : *wrapped) {
    auto key = unwrap_key(recovery, entry.info.purpose, entry.info.id, entry.wrapped);
    if (!key)
      return fail(Errc::key_refused, "the recovery key does not open " +
                                         std::string(name(entry.info.purpose)) + " key " +
                                         to_string(entry.info.id) + " of " + file.string() +
                                         ": it is not the one that the backup was made with, or the file was "
                                         "changed");
    keys.emplace_back(entry.info, std::move(*key));
  }
  return keys;
}

}  // namespace florin
