// FLORIN_ASSERT: a broken invariant is a bug, and a ledger with a bug must not go on. On in release builds
// too.
#pragma once

namespace florin {

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace florin

#define FLORIN_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::florin::assertion_failed(#expression, __FILE__, __LINE__))
