// A disk in memory that does what disks do: it keeps what was written apart from what is durable, loses or
// tears what was not synced when the power goes, refuses calls, and damages what it holds. One thread.
//
// A sector (512 bytes) is written whole or not at all. Creations and renames become durable in their order.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "engine/journal/file_system.hpp"
#include "tests/simulation/faults.hpp"

namespace florin::simulation {

inline constexpr std::size_t sector_bytes = 512;

class Disk final : public FileSystem {
 public:
  // One in how many calls is refused; 0: none.
  struct Rates {
    std::uint64_t read = 0, write = 0, sync = 0, rename = 0;
  };

  explicit Disk(Chance& chance) : chance_(chance) {}

  Result<std::unique_ptr<File>> open(const std::filesystem::path& path, OpenAs how) override;
  bool exists(const std::filesystem::path& path) const override { return names_.contains(path.string()); }
  Result<std::vector<std::string>> list(const std::filesystem::path& folder) const override;
  Result<void> make_folder(const std::filesystem::path&) override { return {}; }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<void> remove(const std::filesystem::path& path) override;
  Result<void> sync_folder(const std::filesystem::path& folder) override;

  Rates rates;
  bool full = false;           // no space can be reserved
  bool syncs_nothing = false;  // planted

  // The program is dead: every call fails until come_back().
  enum class Death : std::uint8_t { process, power };
  void die(Death how);
  void die_at(std::uint64_t call, Death how) { dies_ = Dies{call, how}; }  // of those from now on
  void live_on() { dies_.reset(); }
  bool dead() const { return dead_; }
  void come_back();

  // Damage that nobody is told of. False when there is nothing to damage.
  bool flip_a_bit();
  void misdirect_next() { stray_ = Fault::write_misdirected; }  // one sector of the next sync
  void lose_next() { stray_ = Fault::write_lost; }

  struct Image;  // all that is durable
  std::shared_ptr<const Image> image() const;
  void set_back(const Image& image);

 private:
  class Handle;
  struct Inode {
    Bytes cached, durable;
    std::set<std::uint64_t> dirty;  // sectors that differ in a way that a sync mends
    bool locked = false;
  };
  using InodePtr = std::shared_ptr<Inode>;
  using Names = std::map<std::string, InodePtr>;
  struct NameChange {
    std::string name;
    InodePtr inode;  // none: it is gone
  };
  struct Dies {
    std::uint64_t calls;
    Death how;
  };

  Result<void> call(std::string_view what, const std::string& path, std::uint64_t rate, Fault fault);
  Error refused(std::string_view what, const std::string& path) const;
  void change_names(std::vector<NameChange> changes);
  void persist(Inode& inode, std::uint64_t sector);
  void sync_all(Inode& inode);
  void lose_power();
  void lose_unsynced(Inode& inode, std::uint64_t mode);
  static void copy_sector(const Bytes& from, Bytes& to, std::uint64_t sector);
  static std::uint64_t sectors(std::uint64_t bytes) { return (bytes + sector_bytes - 1) / sector_bytes; }
  InodePtr any_file();

  Chance& chance_;
  Names names_, durable_names_;
  std::vector<std::vector<NameChange>> unsynced_names_;
  std::optional<Dies> dies_;
  std::optional<Fault> stray_;
  bool dead_ = false;
  std::uint64_t life_ = 0;  // handles of another life are of no use
};

struct Disk::Image {
  std::map<std::string, Bytes> files;
};

}  // namespace florin::simulation
