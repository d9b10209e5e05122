// Free space that is kept in reserve on the disks of the data: below it no command is taken, so that what was
// accepted can still be stored, queries be answered and the server be stopped. Above it all goes on by
// itself.
//
// Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace florin {

// How often a disk is asked at most.
inline constexpr std::chrono::milliseconds space_look_interval{200};

class SpaceGuard {
 public:
  // The bytes that are free where a folder lies; none when that cannot be told.
  using Probe = std::function<std::optional<std::uint64_t>(const std::filesystem::path&)>;
  static std::optional<std::uint64_t> free_bytes_at(const std::filesystem::path& folder);

  SpaceGuard(std::vector<std::filesystem::path> folders, std::uint64_t reserve_bytes,
             Probe probe = free_bytes_at, std::chrono::milliseconds interval = space_look_interval);

  bool enough() const;               // false is logged once, and so is its end
  std::uint64_t free_bytes() const;  // of the folder that has least

 private:
  void look_if_due() const;
  void look() const;

  const std::vector<std::filesystem::path> folders_;
  const std::uint64_t reserve_;
  const Probe probe_;
  const std::chrono::milliseconds interval_;
  mutable std::atomic<std::chrono::steady_clock::rep> next_look_{0};
  mutable std::atomic<std::uint64_t> free_{~std::uint64_t{0}};
  mutable std::atomic<bool> enough_{true};
};

}  // namespace florin
