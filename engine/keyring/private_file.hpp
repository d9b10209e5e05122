// Files that only their owner may read: mode and owner are checked before a byte is believed, and a change is
// durable and all or nothing. Any thread; one process at a time changes a folder (see lock_private_folder).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.hpp"

namespace florin {

// A file descriptor that is closed when it goes.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

// Makes the folder with mode 0700 when there is none. Errors: permission, io.
Result<void> make_private_folder(const std::filesystem::path& folder);

Result<void> check_private_folder(const std::filesystem::path& folder);  // Errors: not_found, permission, io

// The folder, checked and locked against other processes until the lock goes. Errors: not_found, permission,
// overloaded (another process holds it: try again), io.
Result<FileDescriptor> lock_private_folder(const std::filesystem::path& folder);

// Errors: not_found, permission (the text says how to mend it), format (over bytes_max), io.
Result<std::string> read_private_file(const std::filesystem::path& file, std::size_t bytes_max);

// Writes a temporary file beside it, syncs, renames, syncs the folder. Errors: io, disk_full.
Result<void> write_private_file(const std::filesystem::path& file, std::string_view text);

// Durable when it returns; nothing when the file is not there. Errors: permission, io.
Result<void> remove_private_file(const std::filesystem::path& file);

}  // namespace florin
