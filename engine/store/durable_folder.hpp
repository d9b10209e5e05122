// A folder of files that somebody else has written, made durable. Any thread.
#pragma once

#include <filesystem>

#include "engine/base/result.hpp"

namespace florin {

// Errors: already_exists, not_found (the parent folder).
Result<void> check_new(const std::filesystem::path& folder);

// Closes it to others (mode 0700) and syncs its files, itself, and its place in the parent folder: RocksDB
// 7.8 does not sync all that it copies. Errors: io.
Result<void> make_durable(const std::filesystem::path& folder);

}  // namespace florin
