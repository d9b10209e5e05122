#include "engine/journal/posix_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace florin {

namespace {

// Repeats a system call that a signal interrupted.
template <class Call>
auto retried(Call call) {
  auto answer = call();
  while (answer < 0 && errno == EINTR) answer = call();
  return answer;
}

// Drops the first `count` bytes of the pieces; gives what is left of them.
std::span<iovec> after(std::span<iovec> pieces, std::size_t count) {
  while (!pieces.empty() && count >= pieces.front().iov_len) {
    count -= pieces.front().iov_len;
    pieces = pieces.subspan(1);
  }
  if (!pieces.empty()) {
    pieces.front().iov_base = static_cast<std::uint8_t*>(pieces.front().iov_base) + count;
    pieces.front().iov_len -= count;
  }
  return pieces;
}

}  // namespace

Error system_error(std::string_view action, const std::filesystem::path& path, int error_number) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  std::string text = "cannot " + std::string(action) + " " + path.string() + ": " +
                     std::error_code(error_number, std::generic_category()).message();
  if (full) text += "; free space on that disk";
  return {full ? Errc::disk_full : Errc::io, std::move(text)};
}

Result<PosixFile> PosixFile::open(const std::filesystem::path& path, int flags) {
  const int fd = retried([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0600); });
  if (fd < 0) return fail(system_error("open", path, errno));
  return PosixFile(path, fd);
}

PosixFile::~PosixFile() {
  if (fd_ >= 0) ::close(fd_);
}

iovec to_write(ByteView bytes) {
  // iovec serves reads and writes alike, so its pointer is not const; a write does not change the bytes.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
}

Result<std::uint64_t> PosixFile::size() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return fail(system_error("read the size of", path_, errno));
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> PosixFile::read(std::span<std::uint8_t> into, std::uint64_t offset) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t count = retried([&] {
      return ::pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    });
    if (count < 0) return fail(system_error("read", path_, errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<void> PosixFile::write(std::span<iovec> pieces, std::uint64_t offset) {
  pieces = after(pieces, 0);
  while (!pieces.empty()) {
    const ssize_t count = retried([&] {
      return ::pwritev(fd_, pieces.data(), static_cast<int>(pieces.size()), static_cast<off_t>(offset));
    });
    // A write of nothing, though there is something to write, would be tried for ever.
    if (count <= 0) return fail(system_error("write", path_, count == 0 ? EIO : errno));
    offset += static_cast<std::uint64_t>(count);
    pieces = after(pieces, static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> PosixFile::sync_data() {
  if (::fdatasync(fd_) != 0) return fail(system_error("sync", path_, errno));
  return {};
}

Result<void> PosixFile::sync() {
  if (::fsync(fd_) != 0) return fail(system_error("sync", path_, errno));
  return {};
}

Result<void> PosixFile::resize(std::uint64_t size) {
  if (retried([&] { return ::ftruncate(fd_, static_cast<off_t>(size)); }) != 0)
    return fail(system_error("resize", path_, errno));
  return {};
}

Result<void> PosixFile::allocate(std::uint64_t size) {
  if (retried([&] { return ::fallocate(fd_, 0, 0, static_cast<off_t>(size)); }) == 0) return {};
  // A file system that cannot reserve blocks still gives the size; writes may then find the disk full.
  if (errno == EOPNOTSUPP) return resize(size);
  return fail(system_error("reserve space for", path_, errno));
}

Result<bool> PosixFile::try_lock() {
  if (retried([&] { return ::flock(fd_, LOCK_EX | LOCK_NB); }) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return fail(system_error("lock", path_, errno));
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  FLORIN_TRY_ASSIGN(PosixFile handle, PosixFile::open(folder, O_RDONLY | O_DIRECTORY));
  return handle.sync();
}

Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return fail(system_error("rename", from, errno));
  return {};
}

namespace {

int flags_of(OpenAs how) {
  switch (how) {
    case OpenAs::reader: return O_RDONLY;
    case OpenAs::writer: return O_RDWR;
    case OpenAs::synced_writer: return O_RDWR | O_DSYNC;
    case OpenAs::fresh_writer: return O_RDWR | O_CREAT | O_TRUNC;
    case OpenAs::lock: return O_RDWR | O_CREAT;
  }
  return O_RDONLY;
}

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::filesystem::path& path, OpenAs how) override {
    FLORIN_TRY_ASSIGN(PosixFile file, PosixFile::open(path, flags_of(how)));
    return std::make_unique<PosixFile>(std::move(file));
  }

  bool exists(const std::filesystem::path& path) const override {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
  }

  Result<std::vector<std::string>> list(const std::filesystem::path& folder) const override {
    std::vector<std::string> names;
    std::error_code failure;
    std::filesystem::directory_iterator entries(folder, failure), end;
    for (; !failure && entries != end; entries.increment(failure))
      names.push_back(entries->path().filename().string());
    if (failure) return fail(system_error("list", folder, failure.value()));
    return names;
  }

  Result<void> make_folder(const std::filesystem::path& folder) override {
    std::error_code failure;
    if (!std::filesystem::create_directory(folder, failure)) {
      if (failure) return fail(system_error("create", folder, failure.value()));
      return {};
    }
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
    if (failure) return fail(system_error("set the mode of", folder, failure.value()));
    return sync_folder(std::filesystem::absolute(folder / "..").lexically_normal());
  }

  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return rename_file(from, to);
  }

  Result<void> remove(const std::filesystem::path& path) override {
    std::error_code failure;
    std::filesystem::remove(path, failure);
    if (failure) return fail(system_error("remove", path, failure.value()));
    return {};
  }

  Result<void> sync_folder(const std::filesystem::path& folder) override {
    return florin::sync_folder(folder);
  }
};

}  // namespace

FileSystem& posix_file_system() {
  static PosixFileSystem system;
  return system;
}

}  // namespace florin
