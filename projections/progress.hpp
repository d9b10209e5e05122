// Where a read model stands, and how to wait for it. Read by the gateway through projections/query.hpp.
#pragma once

#include <functional>

#include "engine/base/result.hpp"
#include "schemas/ids.hpp"

namespace florin::projections {

template <class T>
struct Answer {
  T value;
  Sequence at;  // the read model holds every event up to and including this one
};

class Progress {
 public:
  using Token = std::uint64_t;
  virtual ~Progress() = default;
  virtual Sequence position() const = 0;
  // Calls `reached` once, from any thread, as soon as position() >= wanted (at once when it is already). The
  // token cancels the wait; after cancel() returns `reached` is not called.
  virtual Token when(Sequence wanted, std::function<void()> reached) = 0;
  virtual void cancel(Token token) = 0;
};

}  // namespace florin::projections
