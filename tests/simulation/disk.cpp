#include "tests/simulation/disk.hpp"

#include <algorithm>

namespace florin::simulation {

// A file that one process holds open.
class Disk::Handle final : public File {
 public:
  Handle(Disk& disk, std::filesystem::path path, InodePtr inode, bool synced)
      : disk_(disk), path_(std::move(path)), inode_(std::move(inode)), synced_(synced), life_(disk.life_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() override {
    if (holds_lock_ && life_ == disk_.life_) inode_->locked = false;
  }
  using File::write;

  const std::filesystem::path& path() const override { return path_; }
  Result<std::uint64_t> size() const override { return inode_->cached.size(); }

  Result<std::size_t> read(std::span<std::uint8_t> into, std::uint64_t offset) const override {
    FLORIN_TRY(call("read", disk_.rates.read, Fault::read_refused));
    const Bytes& bytes = inode_->cached;
    if (offset >= bytes.size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(into.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
    return count;
  }

  Result<void> write(std::span<iovec> pieces, std::uint64_t offset) override {
    Bytes bytes;
    for (const iovec& piece : pieces) {
      const auto* from = static_cast<const std::uint8_t*>(piece.iov_base);
      bytes.insert(bytes.end(), from, from + piece.iov_len);
    }
    const auto told = call("write", disk_.rates.write, Fault::write_refused);
    // A part may have been taken when the call fails or the program dies in it.
    if (!told && disk_.chance_.one_in(2)) {
      bytes.resize(disk_.chance_.below(bytes.size() + 1));
      disk_.chance_.met(Fault::write_cut_short);
      put(bytes, offset);
    }
    FLORIN_TRY(told);
    put(bytes, offset);
    return synced_ ? sync() : Result<void>{};
  }

  Result<void> sync_data() override { return sync(); }
  Result<void> sync() override {
    if (auto told = call("sync", disk_.rates.sync, Fault::sync_refused); !told) {
      // What the medium got is not known, and the system takes all of it for clean from now on.
      if (!disk_.dead_) {
        for (const std::uint64_t sector : std::exchange(inode_->dirty, {}))
          if (disk_.chance_.one_in(2)) disk_.persist(*inode_, sector);
      }
      return told;
    }
    if (!disk_.syncs_nothing) disk_.sync_all(*inode_);
    return {};
  }

  Result<void> resize(std::uint64_t size) override {
    FLORIN_TRY(call("resize", disk_.rates.write, Fault::write_refused));
    const std::uint64_t before = inode_->cached.size();
    inode_->cached.resize(size);
    touch(std::min(before, size), std::max(before, size));
    return {};
  }

  Result<void> allocate(std::uint64_t size) override {
    if (disk_.full && size > inode_->cached.size()) {
      disk_.chance_.met(Fault::space_refused);
      return fail(Errc::disk_full, "cannot reserve space for " + path_.string() + ": the disk is full");
    }
    return size > inode_->cached.size() ? resize(size) : Result<void>{};
  }

  Result<bool> try_lock() override {
    if (inode_->locked) return false;
    return holds_lock_ = inode_->locked = true;
  }

 private:
  Result<void> call(std::string_view what, std::uint64_t rate, Fault fault) const {
    if (life_ != disk_.life_) return fail(disk_.refused(what, path_.string()));
    return disk_.call(what, path_.string(), rate, fault);
  }
  void put(const Bytes& bytes, std::uint64_t offset) {
    if (bytes.empty()) return;
    if (inode_->cached.size() < offset + bytes.size()) inode_->cached.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), inode_->cached.begin() + static_cast<std::ptrdiff_t>(offset));
    touch(offset, offset + bytes.size());
  }
  void touch(std::uint64_t begin, std::uint64_t end) {
    for (std::uint64_t sector = begin / sector_bytes; sector < sectors(end); ++sector)
      inode_->dirty.insert(sector);
  }

  Disk& disk_;
  const std::filesystem::path path_;
  const InodePtr inode_;
  const bool synced_;
  const std::uint64_t life_;
  bool holds_lock_ = false;
};

Error Disk::refused(std::string_view what, const std::string& path) const {
  return {Errc::io, "cannot " + std::string(what) + " " + path + (dead_ ? ": the program is dead" : ": EIO")};
}

// Every call passes here: the program may die in it, or be refused.
Result<void> Disk::call(std::string_view what, const std::string& path, std::uint64_t rate, Fault fault) {
  if (!dead_ && dies_ && dies_->calls-- == 0) die(dies_->how);
  if (dead_) return fail(refused(what, path));
  if (!chance_.one_in(rate)) return {};
  chance_.met(fault, path);
  return fail(refused(what, path));
}

Result<std::unique_ptr<File>> Disk::open(const std::filesystem::path& path, OpenAs how) {
  FLORIN_TRY(call("open", path.string(), 0, Fault::read_refused));
  const bool makes = how == OpenAs::fresh_writer || how == OpenAs::lock;
  auto found = names_.find(path.string());
  if (found == names_.end()) {
    if (!makes) return fail(Errc::io, "cannot open " + path.string() + ": no such file");
    change_names({{path.string(), std::make_shared<Inode>()}});
    found = names_.find(path.string());
  }
  auto file = std::make_unique<Handle>(*this, path, found->second, how == OpenAs::synced_writer);
  if (how == OpenAs::fresh_writer) FLORIN_TRY(file->resize(0));
  return file;
}

Result<std::vector<std::string>> Disk::list(const std::filesystem::path& folder) const {
  if (dead_) return fail(refused("list", folder.string()));
  std::vector<std::string> out;
  for (const auto& [name, inode] : names_) out.push_back(std::filesystem::path(name).filename().string());
  return out;
}

Result<void> Disk::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  FLORIN_TRY(call("rename", from.string(), rates.rename, Fault::rename_refused));
  const auto found = names_.find(from.string());
  if (found == names_.end()) return fail(Errc::io, "cannot rename " + from.string() + ": no such file");
  change_names({{to.string(), found->second}, {from.string(), nullptr}});
  return {};
}

Result<void> Disk::remove(const std::filesystem::path& path) {
  FLORIN_TRY(call("remove", path.string(), 0, Fault::rename_refused));
  change_names({{path.string(), nullptr}});
  return {};
}

Result<void> Disk::sync_folder(const std::filesystem::path& folder) {
  FLORIN_TRY(call("sync", folder.string(), rates.rename, Fault::folder_sync_refused));
  if (syncs_nothing) return {};
  unsynced_names_.clear();
  durable_names_ = names_;
  return {};
}

void Disk::change_names(std::vector<NameChange> changes) {
  for (const NameChange& change : changes) {
    if (change.inode) names_[change.name] = change.inode;
    else names_.erase(change.name);
  }
  unsynced_names_.push_back(std::move(changes));
}

}  // namespace florin::simulation
