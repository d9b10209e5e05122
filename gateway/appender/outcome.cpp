#include "engine/base/assert.hpp"
#include "gateway/appender/appender.hpp"

namespace florin::gateway {

Sequence Outcome::first() const {
  FLORIN_ASSERT(!spans_.empty());
  return {spans_.front().batch->header.first.value + spans_.front().begin};
}

Sequence Outcome::last() const {
  FLORIN_ASSERT(!spans_.empty());
  return {spans_.back().batch->header.first.value + spans_.back().end - 1};
}

}  // namespace florin::gateway
