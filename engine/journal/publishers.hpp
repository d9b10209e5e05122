// The port to who publishes: several engines of a partition may write to one event topic, and each sees the
// others' ranks there. Any thread.
#pragma once

#include <cstdint>

namespace florin {

class Publishers {
 public:
  virtual ~Publishers() = default;
  // How many records engines of a rank below `rank` have put on the topic, as far as it was read; records
  // that were there already count as well.
  virtual std::uint64_t seen_below(std::uint32_t rank) const = 0;
};

}  // namespace florin
