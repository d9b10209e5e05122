// The operating system's real-time clock.
#pragma once

#include "engine/clock/clock.hpp"

namespace florin {

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

}  // namespace florin
