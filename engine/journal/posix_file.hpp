// A file of the operating system, with every failure as an Error that names the file: ENOSPC and EDQUOT are
// disk_full, all else is io. Interrupted and short calls go on where they stopped. Any thread; one thread
// writes.
#pragma once

#include <string_view>

#include "engine/journal/file_system.hpp"

namespace florin {

class PosixFile final : public File {
 public:
  using File::write;

  // `flags` as in open(2); close-on-exec is added. A new file is for its owner only.
  static Result<PosixFile> open(const std::filesystem::path& path, int flags);

  PosixFile(PosixFile&& other) noexcept : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  PosixFile& operator=(PosixFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~PosixFile() override;

  const std::filesystem::path& path() const override { return path_; }
  Result<std::uint64_t> size() const override;
  Result<std::size_t> read(std::span<std::uint8_t> into, std::uint64_t offset) const override;
  Result<void> write(std::span<iovec> pieces, std::uint64_t offset) override;

  Result<void> sync_data() override;                 // fdatasync(2)
  Result<void> sync() override;                      // fsync(2)
  Result<void> resize(std::uint64_t size) override;  // ftruncate(2)
  Result<void> allocate(std::uint64_t size) override;
  Result<bool> try_lock() override;  // flock(2)

 private:
  PosixFile(std::filesystem::path path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_ = -1;
};

// The error for a system call that failed with `error_number` on `path`; `action` is a verb such as "write".
Error system_error(std::string_view action, const std::filesystem::path& path, int error_number);

// Makes creations, renames and removals in the folder durable.
Result<void> sync_folder(const std::filesystem::path& folder);
Result<void> rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace florin
