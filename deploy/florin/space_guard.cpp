#include "deploy/florin/space_guard.hpp"

#include <algorithm>
#include <utility>

#include "engine/telemetry/log.hpp"

namespace florin {

namespace fs = std::filesystem;

std::optional<std::uint64_t> SpaceGuard::free_bytes_at(const fs::path& folder) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error) return std::nullopt;
  return space.available;
}

SpaceGuard::SpaceGuard(std::vector<fs::path> folders, std::uint64_t reserve_bytes, Probe probe,
                       std::chrono::milliseconds interval)
    : folders_(std::move(folders)), reserve_(reserve_bytes), probe_(std::move(probe)), interval_(interval) {}

bool SpaceGuard::enough() const {
  look_if_due();
  return enough_;
}

std::uint64_t SpaceGuard::free_bytes() const {
  look_if_due();
  return free_;
}

void SpaceGuard::look_if_due() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  auto due = next_look_.load();
  // One of the callers looks; the others go by what was seen last.
  if (now.count() >= due &&
      next_look_.compare_exchange_strong(due, (now + std::chrono::steady_clock::duration(interval_)).count()))
    look();
}

void SpaceGuard::look() const {
  std::uint64_t least = ~std::uint64_t{0};
  for (const fs::path& folder : folders_)
    if (const auto bytes = probe_(folder)) least = std::min(least, *bytes);
  free_ = least;
  const bool enough = least >= reserve_;
  if (enough_.exchange(enough) == enough) return;
  if (enough) log::info("disk_has_room", {{"free_mib", least >> 20}});
  else log::error("disk_full", {{"free_mib", least >> 20}, {"reserve_mib", reserve_ >> 20}});
}

}  // namespace florin
