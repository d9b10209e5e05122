// The operating system's files on a disk that fails when a test says so: no space can be reserved, or folders
// cannot be synced.
#pragma once

#include "engine/journal/posix_file.hpp"

namespace florin::test {

class FullDisk final : public FileSystem {
 public:
  bool full = false;
  bool refuses_folders = false;
  int folder_syncs = 0;  // that were done

  Result<std::unique_ptr<File>> open(const std::filesystem::path& path, OpenAs how) override {
    FLORIN_TRY_ASSIGN(std::unique_ptr<File> file, posix_file_system().open(path, how));
    return std::make_unique<Reserving>(*this, std::move(file));
  }
  bool exists(const std::filesystem::path& path) const override { return posix_file_system().exists(path); }
  Result<std::vector<std::string>> list(const std::filesystem::path& folder) const override {
    return posix_file_system().list(folder);
  }
  Result<void> make_folder(const std::filesystem::path& folder) override {
    return posix_file_system().make_folder(folder);
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return posix_file_system().rename(from, to);
  }
  Result<void> remove(const std::filesystem::path& path) override { return posix_file_system().remove(path); }
  Result<void> sync_folder(const std::filesystem::path& folder) override {
    if (refuses_folders) return fail(system_error("sync", folder, EIO));
    ++folder_syncs;
    return posix_file_system().sync_folder(folder);
  }

 private:
  class Reserving final : public File {
   public:
    Reserving(const FullDisk& disk, std::unique_ptr<File> inner) : disk_(disk), inner_(std::move(inner)) {}
    using File::write;

    const std::filesystem::path& path() const override { return inner_->path(); }
    Result<std::uint64_t> size() const override { return inner_->size(); }
    Result<std::size_t> read(std::span<std::uint8_t> into, std::uint64_t offset) const override {
      return inner_->read(into, offset);
    }
    Result<void> write(std::span<iovec> pieces, std::uint64_t offset) override {
      return inner_->write(pieces, offset);
    }
    Result<void> sync_data() override { return inner_->sync_data(); }
    Result<void> sync() override { return inner_->sync(); }
    Result<void> resize(std::uint64_t size) override { return inner_->resize(size); }
    Result<void> allocate(std::uint64_t size) override {
      if (disk_.full) return fail(system_error("reserve space for", path(), ENOSPC));
      return inner_->allocate(size);
    }
    Result<bool> try_lock() override { return inner_->try_lock(); }

   private:
    const FullDisk& disk_;
    std::unique_ptr<File> inner_;
  };
};

}  // namespace florin::test
