// A backup of a keyring: a private file (mode 0600) of the form of keyring.json, with every key wrapped under
// a recovery key that is kept elsewhere. Neither of the two opens anything alone. Any thread.
#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "engine/keyring/keyring.hpp"

namespace florin {

using OpenedKey = std::pair<KeyInfo, SecretKey>;

// The number of keys. The file is read back before it counts as written. Errors: already_exists, permission,
// io, disk_full.
Result<std::size_t> write_backup(const Keyring& keyring, const SecretKey& recovery,
                                 const std::filesystem::path& file);

// Errors: not_found, permission, format, key_refused (another recovery key, or a changed file), io.
Result<std::vector<OpenedKey>> read_backup(const std::filesystem::path& file, const SecretKey& recovery);

}  // namespace florin
