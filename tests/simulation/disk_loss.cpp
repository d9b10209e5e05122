// What becomes of the bytes on a simulated disk: durability, loss of power, damage.
#include <algorithm>

#include "tests/simulation/disk.hpp"

namespace florin::simulation {

// Brings one sector of `to` to what `from` has, where `to` reaches.
void Disk::copy_sector(const Bytes& from, Bytes& to, std::uint64_t sector) {
  const std::size_t begin = sector * sector_bytes;
  const std::size_t end = std::min({begin + sector_bytes, from.size(), to.size()});
  for (std::size_t i = begin; i < end; ++i) to[i] = from[i];
}

void Disk::persist(Inode& inode, std::uint64_t sector) {
  inode.durable.resize(inode.cached.size());
  copy_sector(inode.cached, inode.durable, sector);
}

void Disk::sync_all(Inode& inode) {
  inode.durable.resize(inode.cached.size());
  auto dirty = std::exchange(inode.dirty, {});
  if (stray_ && !dirty.empty()) {
    auto astray = dirty.begin();
    std::advance(astray, static_cast<std::ptrdiff_t>(chance_.below(dirty.size())));
    const std::uint64_t sector = *astray;
    dirty.erase(astray);
    if (*stray_ == Fault::write_misdirected) {
      const InodePtr other = any_file();
      if (other && !other->durable.empty()) {
        const std::uint64_t place = chance_.below(sectors(other->durable.size()));
        for (Bytes* bytes : {&other->durable, &other->cached})
          for (std::size_t i = 0; i < sector_bytes; ++i) {
            const std::size_t from = sector * sector_bytes + i, to = place * sector_bytes + i;
            if (from < inode.cached.size() && to < bytes->size()) (*bytes)[to] = inode.cached[from];
          }
      }
    }
    chance_.met(*stray_, "sector " + std::to_string(sector));
    stray_.reset();
  }
  for (const std::uint64_t sector : dirty) copy_sector(inode.cached, inode.durable, sector);
}

void Disk::die(Death how) {
  dies_.reset();
  dead_ = true;
  ++life_;
  chance_.met(how == Death::power ? Fault::power_lost : Fault::process_killed);
  if (how == Death::power) lose_power();
}

void Disk::come_back() {
  dead_ = false;
  ++life_;
  for (auto& [name, inode] : names_) inode->locked = false;
}

void Disk::lose_power() {
  const std::uint64_t kept = chance_.below(unsynced_names_.size() + 1);
  if (kept < unsynced_names_.size()) chance_.met(Fault::name_lost, unsynced_names_[kept].front().name);
  for (std::uint64_t i = 0; i < kept; ++i)
    for (const NameChange& change : unsynced_names_[i]) {
      if (change.inode) durable_names_[change.name] = change.inode;
      else durable_names_.erase(change.name);
    }
  unsynced_names_.clear();
  names_ = durable_names_;
  const std::uint64_t mode = chance_.below(4);
  for (auto& [name, inode] : names_) lose_unsynced(*inode, mode);
}

// Mode 0 loses all that was not synced, 1 keeps all, the others decide for each sector.
void Disk::lose_unsynced(Inode& inode, std::uint64_t mode) {
  const auto survives = [&] { return mode == 1 || (mode != 0 && chance_.one_in(2)); };
  if (inode.cached.size() != inode.durable.size()) {
    if (survives()) inode.durable.resize(inode.cached.size());
    else chance_.met(Fault::size_lost);
  }
  std::size_t kept = 0;
  const auto dirty = std::exchange(inode.dirty, {});
  for (const std::uint64_t sector : dirty) {
    const bool keep = survives();
    kept += keep ? 1U : 0U;
    chance_.met(keep ? Fault::unsynced_sector_kept : Fault::unsynced_sector_lost);
    if (keep) copy_sector(inode.cached, inode.durable, sector);
  }
  if (kept > 0 && kept < dirty.size()) chance_.met(Fault::write_torn);
  inode.cached = inode.durable;
}

Disk::InodePtr Disk::any_file() {
  if (names_.empty()) return nullptr;
  auto it = names_.begin();
  std::advance(it, static_cast<std::ptrdiff_t>(chance_.below(names_.size())));
  return it->second;
}

bool Disk::flip_a_bit() {
  const InodePtr inode = any_file();
  if (!inode || inode->durable.empty()) return false;
  // Segments are mostly empty behind their last frame, and a flip there is of less interest.
  std::size_t used = inode->durable.size();
  while (used > 0 && inode->durable[used - 1] == 0) --used;
  const bool behind = used == 0 || chance_.one_in(8);
  const std::size_t at = chance_.below(behind ? inode->durable.size() : used);
  const auto bit = static_cast<std::uint8_t>(1U << chance_.below(8));
  inode->durable[at] ^= bit;
  // Nobody reads the medium before the system forgets what it holds in memory.
  if (at < inode->cached.size() && !inode->dirty.contains(at / sector_bytes)) inode->cached[at] ^= bit;
  chance_.met(Fault::bit_flipped, "byte " + std::to_string(at));
  return true;
}

std::shared_ptr<const Disk::Image> Disk::image() const {
  auto out = std::make_shared<Image>();
  for (const auto& [name, inode] : durable_names_) out->files[name] = inode->durable;
  return out;
}

void Disk::set_back(const Image& image) {
  names_.clear();
  for (const auto& [name, bytes] : image.files) {
    names_[name] = std::make_shared<Inode>();
    names_[name]->cached = names_[name]->durable = bytes;
  }
  durable_names_ = names_;
  unsynced_names_.clear();
}

}  // namespace florin::simulation
