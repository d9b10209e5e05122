#include "engine/store/durable_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace florin {

namespace fs = std::filesystem;

Result<void> check_new(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error)) return fail(Errc::already_exists, folder.string() + " is there already");
  if (!fs::is_directory(folder.parent_path(), error))
    return fail(Errc::not_found, "there is no folder " + folder.parent_path().string());
  return {};
}

namespace {

Result<void> sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const int reason = errno;
  if (file >= 0) ::close(file);
  if (synced) return {};
  return fail(Errc::io, "cannot sync " + path.string() + ": " + std::generic_category().message(reason));
}

}  // namespace

Result<void> make_durable(const fs::path& folder) {
  std::error_code error;
  fs::permissions(folder, fs::perms::owner_all, error);
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    FLORIN_TRY(sync(it->path()));
  if (error) return fail(Errc::io, "cannot list " + folder.string() + ": " + error.message());
  FLORIN_TRY(sync(folder));
  return sync(folder.parent_path());
}

}  // namespace florin
