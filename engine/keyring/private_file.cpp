#include "engine/keyring/private_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace florin {
namespace {

namespace fs = std::filesystem;

constexpr mode_t others_bits = S_IRWXG | S_IRWXO;

tl::unexpected<Error> fail_errno(int error, std::string_view what, const fs::path& path) {
  const Errc code = error == ENOSPC || error == EDQUOT  ? Errc::disk_full
                    : error == ENOENT                   ? Errc::not_found
                    : error == EACCES || error == EPERM ? Errc::permission
                                                        : Errc::io;
  return fail(code, "cannot " + std::string(what) + " " + path.string() + ": " +
                        std::generic_category().message(error));
}

Result<FileDescriptor> open_path(const fs::path& path, int flags, mode_t mode = 0) {
  FileDescriptor fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (fd.get() < 0) return fail_errno(errno, "open", path);
  return fd;
}

// Root may own it too: that is how secrets are mounted into containers.
Result<void> check_private(const FileDescriptor& fd, const fs::path& path) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail_errno(errno, "look at", path);
  if (info.st_uid != ::geteuid() && info.st_uid != 0)
    return fail(Errc::permission, path.string() + " belongs to user " + std::to_string(info.st_uid) +
                                      "; it must belong to the user that runs this program, " +
                                      std::to_string(::geteuid()) + ", or to root");
  if ((info.st_mode & others_bits) != 0)
    return fail(Errc::permission, path.string() + " is open to others than its owner; run `chmod " +
                                      (S_ISDIR(info.st_mode) ? "700 " : "600 ") + path.string() + "`");
  return {};
}

Result<void> write_all(const FileDescriptor& fd, const fs::path& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(fd.get(), text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail_errno(errno, "write", path);
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> sync(const FileDescriptor& fd, const fs::path& path) {
  if (::fsync(fd.get()) != 0) return fail_errno(errno, "sync", path);
  return {};
}

Result<void> sync_folder(const fs::path& folder) {
  FLORIN_TRY_ASSIGN(const FileDescriptor fd, open_path(folder, O_RDONLY | O_DIRECTORY));
  return sync(fd, folder);
}

fs::path parent_of(const fs::path& path) {
  const fs::path parent = path.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> make_private_folder(const fs::path& folder) {
  const fs::path parent = parent_of(folder);
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return fail_errno(error.value(), "create", parent);
  if (::mkdir(folder.c_str(), S_IRWXU) != 0) {
    if (errno == EEXIST) return {};
    return fail_errno(errno, "create", folder);
  }
  return sync_folder(parent);
}

Result<void> check_private_folder(const fs::path& folder) {
  FLORIN_TRY_ASSIGN(const FileDescriptor fd, open_path(folder, O_RDONLY | O_DIRECTORY));
  return check_private(fd, folder);
}

Result<FileDescriptor> lock_private_folder(const fs::path& folder) {
  FLORIN_TRY_ASSIGN(FileDescriptor fd, open_path(folder, O_RDONLY | O_DIRECTORY));
  FLORIN_TRY(check_private(fd, folder));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return fail(Errc::overloaded, "another process is changing " + folder.string() + "; try again");
    return fail_errno(errno, "lock", folder);
  }
  return fd;
}

Result<std::string> read_private_file(const fs::path& file, std::size_t bytes_max) {
  FLORIN_TRY_ASSIGN(const FileDescriptor fd, open_path(file, O_RDONLY));
  FLORIN_TRY(check_private(fd, file));
  std::string text(bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t done = ::read(fd.get(), text.data() + size, text.size() - size);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail_errno(errno, "read", file);
    if (done == 0) break;
    size += static_cast<std::size_t>(done);
  }
  if (size > bytes_max)
    return fail(Errc::format, file.string() + " is larger than " + std::to_string(bytes_max) + " bytes");
  text.resize(size);
  return text;
}

Result<void> write_private_file(const fs::path& file, std::string_view text) {
  const fs::path temporary = file.string() + ".new";
  {
    // What an interrupted write left behind was never in force, and its mode is not trusted.
    if (::unlink(temporary.c_str()) != 0 && errno != ENOENT) return fail_errno(errno, "remove", temporary);
    FLORIN_TRY_ASSIGN(const FileDescriptor fd,
                      open_path(temporary, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR));
    FLORIN_TRY(write_all(fd, temporary, text));
    FLORIN_TRY(sync(fd, temporary));
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) return fail_errno(errno, "rename", temporary);
  return sync_folder(parent_of(file));
}

Result<void> remove_private_file(const fs::path& file) {
  if (::unlink(file.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return fail_errno(errno, "remove", file);
  }
  return sync_folder(parent_of(file));
}

}  // namespace florin
