// The port to who publishes: several engines of a partition may write to one event topic, and each sees the
// others' ranks there. Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace florin {

class Publishers {
 public:
  virtual ~Publishers() = default;
  // How many records engines of a rank below `rank` have put on the topic, as far as it was read; records
  // that were there already count as well.
  virtual std::uint64_t seen_below(std::uint32_t rank) const = 0;
  virtual std::optional<std::uint32_t> newest_rank() const = 0;  // of who put the newest record there
};

}  // namespace florin
