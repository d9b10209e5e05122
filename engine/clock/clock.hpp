// The port to time. Only adapters of ports and the edges ask it; the core gets its time from the log.
#pragma once

#include "schemas/ids.hpp"

namespace florin {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now()
      const = 0;  // nanoseconds since the Unix epoch; may step, readers must not trust its order
};

}  // namespace florin
