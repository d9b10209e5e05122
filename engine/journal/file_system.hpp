// The port to the files of a segment journal. Two adapters: the operating system (posix_file.hpp), and a
// simulated disk that loses, tears and damages what it is given (tests/simulation).
//
// Failures are io, but for a lack of space, which is disk_full; they name the file. Any thread; one thread
// writes a file.
#pragma once

#include <sys/uio.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/bytes.hpp"
#include "engine/base/result.hpp"

namespace florin {

iovec to_write(ByteView bytes);  // a piece for File::write

class File {
 public:
  virtual ~File() = default;
  virtual const std::filesystem::path& path() const = 0;
  virtual Result<std::uint64_t> size() const = 0;

  // Fills `into` from the offset on; the answer is smaller than `into` only at the end of the file.
  virtual Result<std::size_t> read(std::span<std::uint8_t> into, std::uint64_t offset) const = 0;
  // Writes all pieces one after the other, in one call to the system where it takes them all. Uses up
  // `pieces`.
  virtual Result<void> write(std::span<iovec> pieces, std::uint64_t offset) = 0;
  Result<void> write(ByteView bytes, std::uint64_t offset) {
    iovec piece = to_write(bytes);
    return write(std::span(&piece, 1), offset);
  }

  virtual Result<void> sync_data() = 0;  // the bytes, and the size where it is needed to read them
  virtual Result<void> sync() = 0;       // all that belongs to the file
  virtual Result<void> resize(std::uint64_t size) = 0;
  // Grows to `size`, with its blocks reserved where the file system can.
  virtual Result<void> allocate(std::uint64_t size) = 0;
  virtual Result<bool> try_lock() = 0;  // exclusive, until closed; false when someone else has it
};

enum class OpenAs {
  reader,
  writer,         // the file is there
  synced_writer,  // the same, and each write is durable when it returns
  fresh_writer,   // of an empty file: made when it is not there, emptied when it is
  lock,           // made when it is not there
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<std::unique_ptr<File>> open(const std::filesystem::path& path, OpenAs how) = 0;
  virtual bool exists(const std::filesystem::path& path) const = 0;
  virtual Result<std::vector<std::string>> list(const std::filesystem::path& folder) const = 0;  // names
  // A folder for its owner only, durably there; one that is there already stays as it is.
  virtual Result<void> make_folder(const std::filesystem::path& folder) = 0;
  virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  virtual Result<void> remove(const std::filesystem::path& path) = 0;
  // Makes creations, renames and removals in the folder durable.
  virtual Result<void> sync_folder(const std::filesystem::path& folder) = 0;
};

FileSystem& posix_file_system();

// A folder, and whose it is. The file system outlives it.
struct Folder {
  // NOLINTNEXTLINE(google-explicit-constructor): a path alone means the operating system's
  Folder(std::filesystem::path where, FileSystem& whose = posix_file_system())
      : files(&whose), path(std::move(where)) {}

  FileSystem* files;
  std::filesystem::path path;
};

}  // namespace florin
