#include "engine/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace florin {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(
      stderr,
      "florin: invariant broken: %s (%s:%d). The process stops; replay of the journal repairs the state.\n",
      expression, file, line);
  std::abort();
}

}  // namespace florin
