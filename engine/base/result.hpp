// Result<T>: a value, or an Error that says what failed, where, and what to do next. tl::expected until C++23
// brings std::expected (docs/decisions/0002-libraries.md).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "engine/base/errc.hpp"

namespace florin {

struct Error {
  Errc code;
  std::string message;  // a sentence for the operator; never a secret and never personal data
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace florin

// FLORIN_TRY(expr): leave the function with the error of a Result<void>-like expression.
#define FLORIN_TRY(expr)                                           \
  do {                                                             \
    if (auto florin_try_result = (expr); !florin_try_result)       \
      return ::florin::fail(std::move(florin_try_result).error()); \
  } while (false)

#define FLORIN_JOIN_INNER(a, b) a##b
#define FLORIN_JOIN(a, b) FLORIN_JOIN_INNER(a, b)

// FLORIN_TRY_ASSIGN(auto x, expr): x = value of the Result, or leave the function with its error.
#define FLORIN_TRY_ASSIGN(target, expr) \
  FLORIN_TRY_ASSIGN_INNER(FLORIN_JOIN(florin_try_, __LINE__), target, expr)
#define FLORIN_TRY_ASSIGN_INNER(temporary, target, expr)               \
  auto temporary = (expr);                                             \
  if (!temporary) return ::florin::fail(std::move(temporary).error()); \
  target = *std::move(temporary)
